"""How an incident stands for the client of one run: what its workflow decides on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.database.incidents import counts, resuming
from models.database.portal import posts
from models.database.tables.incidents import Incident, IncidentClient, IncidentNotice, IncidentUpdate
from models.errors import UnknownRecord
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.steering import Approving, IncidentSituation, UpdateNews
from models.incidents.words import UpdateKind
from models.portal.standing import PostStanding, PostState
from models.terms import ApprovalState


@dataclass(frozen=True, slots=True)
class Told:
    """One update and how far its client has been told of it; `notice` is None until it is composed."""

    update: IncidentUpdate
    notice: IncidentNotice | None

    @property
    def has_reached_them(self) -> bool:
        """Whether the client could read it, in the portal or in a message."""
        return self.notice is not None and bool(
            self.notice.published_at or (self.notice.messages_at and self.notice.messages)
        )


def of_run(session: Session, run_id: UUID) -> tuple[Incident, IncidentClient]:
    """Return the incident of a run, and how its client is concerned. Raises UnknownRecord."""
    query = select(Incident, IncidentClient).join(IncidentClient, col(IncidentClient.incident_id) == col(Incident.id))
    found = session.exec(query.where(col(IncidentClient.run_id) == run_id)).first()
    if found is None:
        raise UnknownRecord(f"no incident of run {run_id}")
    return found


def look(session: Session, run_id: UUID) -> IncidentSituation:
    """Return how an incident stands for the client of a run. Raises UnknownRecord."""
    incident, concerned = of_run(session, run_id)
    told = told_of(session, incident.id, concerned.client_id)
    holds = any(pause.lifted_at is None for pause in counts.pauses_of(session, incident.id))
    return IncidentSituation(
        severity=IncidentSeverity(incident.severity),
        state=IncidentState(incident.state),
        newest=_news(session, told[-1]) if told else None,
        promised=_utc(_promised(incident, told)),
        reminded_of=_utc(concerned.reminded_of),
        escalated=_utc(concerned.escalated_of),
        holds=holds,
        resume=resuming.standing(session, incident) if holds else Approving.DONE,
    )


def told_of(session: Session, incident_id: UUID, client_id: UUID) -> list[Told]:
    """Return every update of an incident with what became of it for one client, oldest first."""
    of_client = (col(IncidentNotice.update_id) == col(IncidentUpdate.id)) & (col(IncidentNotice.client_id) == client_id)
    query = select(IncidentUpdate, IncidentNotice).join(IncidentNotice, of_client, isouter=True)
    query = query.where(col(IncidentUpdate.incident_id) == incident_id).order_by(col(IncidentUpdate.number))
    return [Told(update, notice) for update, notice in session.exec(query)]


def _news(session: Session, newest: Told) -> UpdateNews:
    update, notice = newest.update, newest.notice
    return UpdateNews(
        number=update.number,
        kind=UpdateKind(update.kind),
        has_words=bool(update.words),
        composed=notice is not None,
        post=_post(session, notice),
        written=notice is not None and notice.messages_at is not None,
    )


def _post(session: Session, notice: IncidentNotice | None) -> Approving:
    if notice is None or notice.post_id is None:
        return Approving.NOT_ASKED
    if notice.published_at is not None:
        return Approving.DONE
    if notice.not_published:
        return Approving.REFUSED
    post = posts.standing(session, notice.post_id)
    if why_refused(post):
        return Approving.REFUSED
    reviews = {post.owner_approval, post.privacy_review}
    return Approving.APPROVED if reviews == {ApprovalState.APPROVED} else Approving.WAITING


def why_refused(post: PostStanding) -> str:
    """Return why a post will not be shown as it is: `rejected`, `expired`; empty if it may still be."""
    reviews = {post.owner_approval, post.privacy_review}
    if post.state is PostState.WITHDRAWN or ApprovalState.REJECTED in reviews:
        return "rejected"
    return "expired" if ApprovalState.EXPIRED in reviews else ""


def _promised(incident: Incident, told: list[Told]) -> datetime | None:
    """Return when the client is to hear next: what the last word that reached them promised."""
    last = next((one.update for one in reversed(told) if one.has_reached_them), None)
    is_over = incident.state == IncidentState.RESOLVED
    if last is not None and last.kind == UpdateKind.SUMMARY and is_over:
        return None
    if last is not None and last.state == IncidentState.RESOLVED:
        return incident.summary_due if is_over else incident.first_notice_due
    return last.next_update_at if last is not None else incident.first_notice_due


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment is not None else None
