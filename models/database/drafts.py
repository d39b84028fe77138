"""Drafts: ordered, written, revised by people, reviewed. Every revision is kept; only a reviewed text may be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.database import events, wording
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.tables.drafts import Draft, DraftRevision
from models.drafting import DraftSource, DraftState, Material
from models.errors import NotReviewed, UnknownRecord
from models.event_kinds import EventKind
from models.identity import content_hash
from models.wording.audiences import Audience, Stage
from models.wording.judging import Findings

_UNREVIEWED = text(
    """
    SELECT min(d.key) FROM draft_revision r JOIN draft d ON d.id = r.draft_id
    WHERE r.content_hash = ANY(:contents) AND d.client_id = :client
    GROUP BY r.content_hash HAVING NOT bool_or(d.state = 'reviewed' AND r.number = d.revision)
    """
)


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A draft as it is ordered. `key` names it within its run; `material` is None if its text is entered as it is."""

    client_id: UUID
    run_id: UUID
    key: str
    owner: str
    audience: Audience
    material: Material | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One wording: who made it, by what, and why so."""

    subject: str
    body: str
    source: DraftSource
    author: str
    note: str = ""
    figures: tuple[str, ...] = ()
    """As shown, of the slots it was filled from."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The one form in which the text of a draft may be used. `last_editor`: the person who may not approve it."""

    subject: str
    body: str
    content_hash: str
    audience: Audience
    last_editor: str | None


def order(session: Session, wanted: NewDraft) -> UUID:
    """Return the draft under (run, key), new without a text. Safe to repeat: what was ordered first stays."""
    row = Draft(
        client_id=wanted.client_id,
        run_id=wanted.run_id,
        key=wanted.key,
        owner=wanted.owner,
        audience=wanted.audience.model_dump(mode="json"),
        material=wanted.material.model_dump(mode="json") if wanted.material else None,
        state=DraftState.ORDERED,
    )
    session.execute(insert(Draft).values(row.model_dump(exclude_none=True)).on_conflict_do_nothing())
    where = (col(Draft.run_id) == wanted.run_id, col(Draft.key) == wanted.key)
    return session.exec(select(Draft.id).where(*where)).one()


def store(session: Session, wanted: NewDraft, first: Text, origin: Origin) -> Findings:
    """Order a draft and give it its first text, which is checked and stays internal. Safe to repeat: the first one stays."""
    return write_first(session, order(session, wanted), first, origin)


def write_first(session: Session, draft_id: UUID, first: Text, origin: Origin) -> Findings:
    """Give a draft its first text; one that has a text keeps it. Returns what was found in the text it has.

    Raises:
        UnknownRecord: there is no such draft.
    """
    draft = locked(session, draft_id)
    if draft.revision:
        return check(session, draft, newest(session, draft))
    if first.figures:
        draft.audience = draft.audience | {"figures": list(first.figures)}
    return append(session, draft, first, origin, EventKind.DRAFT_STORED)


def append(session: Session, draft: Draft, written: Text, origin: Origin, kind: EventKind) -> Findings:
    """Add a revision, which makes the draft internal again. The draft must be locked."""
    draft.revision += 1
    draft.state, draft.reviewed_by, draft.reviewed_at = DraftState.INTERNAL, None, None
    row = DraftRevision(
        draft_id=draft.id,
        number=draft.revision,
        subject=written.subject,
        body=written.body,
        content_hash=content_hash(written.subject, written.body),
        source=written.source,
        author=written.author,
        note=written.note,
    )
    session.add(row)
    session.flush()
    found = check(session, draft, row)
    facts = {"draft": str(draft.id), "revision": draft.revision, "source": written.source.value}
    events.record(session, kind, origin, subject_of(draft), found.verdict.value, **facts)
    return found


def check(session: Session, draft: Draft, revision: DraftRevision, stage: Stage = Stage.DRAFT) -> Findings:
    """Check a revision as the draft's audience will read it, and keep what was found."""
    audience = Audience.model_validate(draft.audience)
    return wording.check_at(session, stage, draft.client_id, revision.subject, revision.body, audience)


def reviewed(session: Session, draft_id: UUID) -> Reviewed:
    """Return the text of a draft that may be used. The only way to take one out.

    Raises:
        UnknownRecord: there is no such draft.
        NotReviewed: nobody has reviewed it as it stands.
    """
    draft = existing(session, draft_id)
    if draft.state != DraftState.REVIEWED:
        raise NotReviewed(f"draft {draft_id} is {draft.state}; somebody must review it as it stands")
    revision = newest(session, draft)
    return Reviewed(
        revision.subject,
        revision.body,
        revision.content_hash,
        Audience.model_validate(draft.audience),
        editor(revision),
    )


def refuse_unreviewed(session: Session, client_id: UUID | None, contents: Sequence[str]) -> None:
    """Let texts pass that are no drafts, or reviewed ones.

    Raises:
        NotReviewed: one is the text of a draft that nobody has reviewed as it stands.
    """
    if client_id is None:
        return
    where = {"client": client_id, "contents": list(contents)}
    if keys := list(session.execute(_UNREVIEWED, where).scalars()):
        raise NotReviewed(f"draft {', '.join(sorted(keys))} is internal; somebody must review it as it stands")


def existing(session: Session, draft_id: UUID) -> Draft:
    """Return a draft. Raises UnknownRecord."""
    return _known(session.get(Draft, draft_id), draft_id)


def locked(session: Session, draft_id: UUID) -> Draft:
    """Return a draft that nobody else changes until the transaction ends. Raises UnknownRecord."""
    return _known(session.get(Draft, draft_id, with_for_update=True, populate_existing=True), draft_id)


def newest(session: Session, draft: Draft) -> DraftRevision:
    """Return the newest revision of a draft that has a text."""
    return session.get_one(DraftRevision, (draft.id, draft.revision))


def editor(revision: DraftRevision) -> str | None:
    """Return the person who wrote a revision, None if no person did."""
    return revision.author if revision.source == DraftSource.PERSON else None


def mark_reviewed(session: Session, draft: Draft, by: Origin) -> None:
    """Note that the newest revision was reviewed. The draft must be locked."""
    draft.state, draft.reviewed_by, draft.reviewed_at = DraftState.REVIEWED, by.actor, now(session)
    facts = {"draft": str(draft.id), "revision": draft.revision}
    events.record(session, EventKind.DRAFT_REVIEWED, by, subject_of(draft), "", **facts)


def subject_of(draft: Draft) -> Subject:
    """Return what an event of a draft is about."""
    return Subject(draft.owner, draft.client_id, draft.run_id)


def _known(draft: Draft | None, draft_id: UUID) -> Draft:
    if draft is None:
        raise UnknownRecord(f"there is no draft {draft_id}")
    return draft
