"""What people do with drafts: read them, edit them, review them. Every refused attempt is an event."""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import drafts, events
from models.database.drafts import Text
from models.database.events import Origin
from models.database.outbox import announce
from models.database.portal import editing
from models.database.portal.editing import Unfit
from models.database.tables.drafts import Draft, DraftRevision
from models.database.tables.people import Staff
from models.drafting import DraftSource, DraftState
from models.event_kinds import EventKind
from models.terms import Role
from models.wording.audiences import Stage
from models.wording.judging import Findings

_LIST = text(
    """
    SELECT d.id, c.key AS client, d.run_id, d.key, d.audience ->> 'purpose' AS purpose, d.owner, d.state, d.revision,
        d.reviewed_by, d.reviewed_at, r.source, r.author, r.note, r.at AS revised_at
    FROM draft d JOIN client c ON c.id = d.client_id
        LEFT JOIN draft_revision r ON r.draft_id = d.id AND r.number = d.revision
    WHERE (CAST(:state AS text) IS NULL OR d.state = :state) AND (CAST(:run AS uuid) IS NULL OR d.run_id = :run)
      AND (CAST(:draft AS uuid) IS NULL OR d.id = :draft)
      AND (CAST(:clients AS uuid[]) IS NULL OR d.client_id = ANY(:clients))
    ORDER BY d.state = 'reviewed', d.created_at DESC LIMIT 500
    """
)


class Refused(StrEnum):
    """Why somebody may not edit or review a draft. Recorded as an event; shown to whoever tried."""

    NO_TEXT = "it has no text yet; a drafter is writing it"
    CHANGED = "the wording is not the one that was shown; read it again"
    OTHER_CLIENT = "this draft is of a client that you do not work for"
    NOT_A_REVIEWER = "only an active approver may review"
    OWN_EDIT = "whoever edited the wording last may not review it"
    BLOCKED = "something was found in the wording that must not leave; it must be put right first"
    REVIEWED_AS_POST = (
        "it is reviewed by the two reviews of its post, which were asked for: see the approvals of its run"
    )
    PUBLISHED = "its post was published or withdrawn; correct the post"
    UNFIT_FOR_PORTAL = "a post has a title of up to 120 characters and a text of up to 12000, neither of them empty"


_OF_POST = {
    Unfit.PUBLISHED: Refused.PUBLISHED,
    Unfit.REPLACED: Refused.CHANGED,
    Unfit.UNFIT: Refused.UNFIT_FOR_PORTAL,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an edit or a review. `refused` None means that it counts."""

    findings: Findings | None = None
    refused: Refused | None = None


def listed(
    session: Session,
    state: DraftState | None = None,
    run_id: UUID | None = None,
    clients: list[UUID] | None = None,
    draft_id: UUID | None = None,
) -> list[dict[str, Any]]:
    """Return drafts without their wording, those that wait for a person first. `clients`: only theirs; None: all."""
    where = {"state": state, "run": run_id, "clients": clients, "draft": draft_id}
    return [dict(row) for row in session.execute(_LIST, where).mappings()]


def revisions(session: Session, draft_id: UUID) -> list[DraftRevision]:
    """Return every wording a draft has had, the newest first."""
    query = select(DraftRevision).where(col(DraftRevision.draft_id) == draft_id)
    return list(session.exec(query.order_by(col(DraftRevision.number).desc())))


def revise(session: Session, draft_id: UUID, shown: str, subject: str, body: str, by: Origin) -> Outcome:
    """Replace the wording that was shown by another. It is checked, and the draft is internal again.

    The same edit again changes nothing. A draft that has become a post is edited there too, at once: both its reviews are
    asked for anew, and what was approved counts no more. Raises UnknownRecord.

    Args:
        session: an open transaction.
        draft_id: which draft.
        shown: the content hash of the wording that the person has read.
        subject: the new one; empty if there is none.
        body: the new one.
        by: who edits; kept, because they may not review or approve it.
    """
    post = editing.locked(session, drafts.existing(session, draft_id).post_id)  # first: the order of all who take both
    draft = drafts.locked(session, draft_id)
    refused = _may_not_read(session, draft, by) or (None if draft.revision else Refused.NO_TEXT)
    if refused is not None:
        return _refused(session, draft, refused, by)
    newest = drafts.newest(session, draft)
    if (newest.subject, newest.body, newest.author) == (subject, body, by.actor):
        return Outcome(drafts.check(session, draft, newest))
    if not hmac.compare_digest(newest.content_hash, shown):
        return _refused(session, draft, Refused.CHANGED, by)
    if post is not None:
        why_not = editing.edit(session, post, draft, subject, body, by)
        return _refused(session, draft, _OF_POST[why_not], by) if why_not else _as_it_stands(session, draft)
    edited = Text(subject, body, DraftSource.PERSON, by.actor)
    return Outcome(drafts.append(session, draft, edited, by, EventKind.DRAFT_REVISED))


def review(session: Session, draft_id: UUID, shown: str, by: Origin) -> Outcome:
    """Say that the wording that was shown may be used, and tell the run that waits for it. Safe to repeat.

    Raises UnknownRecord.
    """
    draft = drafts.locked(session, draft_id)
    if not draft.revision:
        return _refused(session, draft, Refused.NO_TEXT, by)
    newest = drafts.newest(session, draft)
    refused = _may_not_review(session, draft, newest, shown, by)
    if refused is not None:
        return _refused(session, draft, refused, by)
    found = drafts.check(session, draft, newest, Stage.APPROVAL)
    if found.blocks:
        return _refused(session, draft, Refused.BLOCKED, by)
    if draft.state != DraftState.REVIEWED:
        drafts.mark_reviewed(session, draft, by)
        announce(session, draft.run_id)
    return Outcome(found)


def _may_not_review(session: Session, draft: Draft, newest: DraftRevision, shown: str, by: Origin) -> Refused | None:
    staff = session.get(Staff, by.actor, populate_existing=True)
    if staff is None or not staff.active or Role.APPROVER not in staff.roles:
        return Refused.NOT_A_REVIEWER
    if elsewhere := _may_not_read(session, draft, by):
        return elsewhere
    if draft.post_id is not None:
        return Refused.REVIEWED_AS_POST
    if not hmac.compare_digest(newest.content_hash, shown):
        return Refused.CHANGED
    return Refused.OWN_EDIT if drafts.editor(newest) == by.actor else None


def _as_it_stands(session: Session, draft: Draft) -> Outcome:
    announce(session, draft.run_id)
    return Outcome(drafts.check(session, draft, drafts.newest(session, draft)))


def _may_not_read(session: Session, draft: Draft, by: Origin) -> Refused | None:
    staff = session.get(Staff, by.actor, populate_existing=True)
    if staff is not None and staff.clients is not None and draft.client_id not in staff.clients:
        return Refused.OTHER_CLIENT
    return None


def _refused(session: Session, draft: Draft, refused: Refused, by: Origin) -> Outcome:
    facts = {"draft": str(draft.id), "revision": draft.revision}
    events.record(session, EventKind.DRAFT_REFUSED, by, drafts.subject_of(draft), refused.name.lower(), **facts)
    return Outcome(refused=refused)
