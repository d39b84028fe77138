"""Reading incidents: the list, and one with what colleagues wrote beside what clients could read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.database import whose
from models.database.incidents import counts, moving, standing
from models.database.portal import posts, versions
from models.database.tables.incidents import Incident, IncidentClient, IncidentNote, IncidentNotice
from models.database.tables.pauses import Pause
from models.database.tables.people import Client
from models.database.tables.portal import PostVersion
from models.errors import UnknownRecord
from models.incidents.states import IncidentState
from models.plurals import counted
from models.portal.standing import PostState


@dataclass(frozen=True, slots=True)
class ShownToClient:
    """One update as one client could read it."""

    client: str
    title: str
    body: str
    state: str
    """`published`, `withdrawn`, `waiting`, or why it is not shown."""
    published_at: datetime | None
    messages: int
    post_id: UUID | None
    run_id: UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: what colleagues know beside what clients could read."""

    at: datetime
    what: str
    by: str
    internal: str = ""
    number: int | None = None
    next_update_at: datetime | None = None
    shown: list[ShownToClient] = field(default_factory=list)


def existing(session: Session, incident_id: UUID) -> Incident:
    """Return an incident. Raises UnknownRecord."""
    found = session.get(Incident, incident_id)
    if found is None:
        raise UnknownRecord(f"no incident {incident_id}; see GET /v1/incidents")
    return found


def page(
    session: Session, state: IncidentState | None, limit: int, clients: Sequence[UUID] | None = None
) -> Sequence[Incident]:
    """Return the newest incidents that concern one of these clients (None: all), of a state if one is named."""
    query = select(Incident).order_by(col(Incident.created_at).desc()).limit(limit)
    if state is not None:
        query = query.where(col(Incident.state) == state)
    if clients is not None:
        theirs = select(IncidentClient.incident_id).where(col(IncidentClient.client_id).in_(clients))
        query = query.where(col(Incident.id).in_(theirs))
    return session.exec(query).all()


def concerned(
    session: Session, incident_id: UUID, clients: Sequence[UUID] | None = None
) -> list[tuple[str, UUID | None]]:
    """Return those of these clients (None: all) whom an incident concerns, by key, each with the run that tells them."""
    query = select(Client.key, IncidentClient.run_id).join(
        IncidentClient, col(IncidentClient.client_id) == col(Client.id)
    )
    if clients is not None:
        query = query.where(col(IncidentClient.client_id).in_(clients))
    found = session.exec(query.where(col(IncidentClient.incident_id) == incident_id).order_by(col(Client.key)))
    return [(key, run_id) for key, run_id in found]


def timeline(session: Session, incident: Incident, clients: Sequence[UUID] | None = None) -> list[Entry]:
    """Return all that was written about an incident and was done for these clients (None: all), oldest first."""
    entries = [*_notes(session, incident), *_updates(session, incident, clients)]
    for pause in counts.pauses_of(session, incident.id):
        if whose.lies_within(session, pause.scope, clients):
            entries += _pause(pause)
    return sorted(entries, key=lambda entry: entry.at)


def _notes(session: Session, incident: Incident) -> list[Entry]:
    query = select(IncidentNote).where(col(IncidentNote.incident_id) == incident.id)
    return [Entry(_at(note.at), "note", note.author, note.text) for note in session.exec(query)]


def _updates(session: Session, incident: Incident, clients: Sequence[UUID] | None) -> list[Entry]:
    return [
        Entry(
            at=_at(update.at),
            what=f"{update.kind} ({update.state})",
            by=update.author,
            internal=update.internal,
            number=update.number,
            next_update_at=update.next_update_at,
            shown=_shown(session, update.id, clients),
        )
        for update in moving.updates_of(session, incident.id)
    ]


def _shown(session: Session, update_id: UUID, clients: Sequence[UUID] | None) -> list[ShownToClient]:
    query = select(IncidentNotice, Client.key).join(Client, col(Client.id) == col(IncidentNotice.client_id))
    if clients is not None:
        query = query.where(col(IncidentNotice.client_id).in_(clients))
    found = session.exec(query.where(col(IncidentNotice.update_id) == update_id).order_by(col(Client.key)))
    return [
        ShownToClient(
            client=key,
            title=text.title,
            body=text.body,
            state=_state(session, notice),
            published_at=notice.published_at,
            messages=notice.messages,
            post_id=notice.post_id,
            run_id=notice.run_id,
        )
        for notice, key in found
        for text in [_wording(session, notice)]
    ]


def _wording(session: Session, notice: IncidentNotice) -> IncidentNotice | PostVersion:
    """Return what the client reads or last read; before that the newest wording, which may have been edited."""
    if notice.post_id is None:
        return notice
    post = versions.existing(session, notice.post_id)
    if post.published_version is None:
        return versions.newest(session, post)
    return session.get_one(PostVersion, (post.id, post.published_version))


def _state(session: Session, notice: IncidentNotice) -> str:
    if notice.not_published or notice.post_id is None:
        return notice.not_published or "waiting"
    post = posts.standing(session, notice.post_id)
    if post.is_visible or (notice.published_at is not None and post.state is PostState.WITHDRAWN):
        return post.state
    return standing.why_refused(post) or ("waiting" if post.state == "staged" else post.state)


def _pause(pause: Pause) -> list[Entry]:
    put = Entry(_at(pause.at), f"paused {pause.scope}", pause.owner, counted(pause.runs, "open run"))
    if pause.lifted_at is None:
        return [put]
    return [
        put,
        Entry(pause.lifted_at, f"resumed {pause.scope}", pause.lifted_by or "", f"at {pause.per_second:g} a second"),
    ]


def _at(moment: datetime | None) -> datetime:
    assert moment is not None, "the database fills it in"
    return moment
