"""Approvals: a decision is a row, bound to wording, audience and approver, given by somebody who may give it.

The API, the command line, a link and a signal typed in the Temporal UI all end in `decide`. What is refused is an event, so
that an attempt is never silent, and the run is unharmed.
"""

from uuid import UUID

from sqlalchemy import insert, text
from sqlmodel import Session, col, select

from models.approving import ApprovalSubject, AskFor, Refusal, Review, RiskClass, Verdict
from models.database import drafts, events, wording
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.permission import approval_effects, authority, marks
from models.database.permission.approval_standing import COUNTS, STATE
from models.database.tables.approvals import Approval, ApprovalItem, Decision
from models.database.tables.portal import Post
from models.errors import WordingBlocked
from models.event_kinds import EventKind
from models.terms import ApprovalState, DecisionChannel, DecisionKind

_STATE = text(f"SELECT {STATE} FROM approval a WHERE a.id = :approval")
_HAS_APPROVED = text(
    f"SELECT EXISTS (SELECT 1 FROM approval a, decision d WHERE a.id = :approval AND d.approver = :actor AND {COUNTS})"
)
_STANDING = text(
    f"""
    SELECT a.review, {STATE} FROM approval a
    WHERE a.subject = :subject AND a.subject_id = :id AND a.superseded_at IS NULL
    """
)
_WAITING_OF_RUN = text(
    f"SELECT a.id FROM approval a WHERE a.run_id = :run AND a.superseded_at IS NULL AND {STATE} = 'waiting' ORDER BY a.id"
)


def ask(session: Session, wanted: AskFor) -> Approval:
    """Ask for approval of exact wording for an exact audience. The same again is the same request.

    Anything that has changed (wording, audience, how many must agree, who edited it) supersedes the earlier request, whose
    decisions then count no more. A request that ran out undecided is asked anew.

    Raises:
        WordingBlocked: a check has found in it what must not leave, so nobody may be asked.
        NotReviewed: it is the text of a draft that nobody has reviewed as it stands.
    """
    drafts.refuse_unreviewed(session, wanted.client_id, wanted.items)
    if classes := wording.blocked(session, wanted.client_id, wanted.items):
        raise WordingBlocked(f"nobody may be asked to approve what must not leave: {', '.join(classes)}")
    current = of(session, wanted.subject, wanted.subject_id, wanted.review)
    if current is not None and _is_same(current, wanted) and state_of(session, current) is not ApprovalState.EXPIRED:
        return current
    if current is not None:
        current.superseded_at, current.watch_at = now(session), None
        session.flush()  # before the new one is stored: there is one at a time
        approval_effects.close_tasks(session, current.id, Origin("comms", wanted.requested_by))
    approval = Approval(
        subject=wanted.subject,
        subject_id=wanted.subject_id,
        client_id=wanted.client_id,
        run_id=wanted.run_id,
        review=wanted.review,
        risk=wanted.risk,
        content_hash=wanted.content_hash,
        audience_hash=wanted.audience_hash,
        recipients=None if wanted.recipients is None else list(wanted.recipients),
        approver=wanted.approver,
        delegate=wanted.delegate,
        requested_by=wanted.requested_by,
        last_editor=wanted.last_editor,
        expires_at=None if wanted.within is None else now(session) + wanted.within,
        watch_at=now(session),
    )
    session.add(approval)
    session.flush()
    items = [{"approval_id": approval.id, "content_hash": item} for item in dict.fromkeys(wanted.items)]
    session.execute(insert(ApprovalItem), items)
    origin, facts = Origin("comms", approval.requested_by), {"approval": str(approval.id), "review": wanted.review}
    events.record(session, EventKind.APPROVAL_REQUESTED, origin, subject_of(approval), approval.subject, **facts)
    return approval


def open_for_template(
    session: Session, template_id: UUID, content_hash: str, approver: str, requested_by: str
) -> Approval:
    """Ask for approval of one template version. It has no deadline."""
    return ask(
        session,
        AskFor(
            ApprovalSubject.TEMPLATE, template_id, None, None, [content_hash], "", Review.OWNER, RiskClass.ROUTINE,
            approver, None, requested_by, None, None,
        ),
    )  # fmt: skip


def of(session: Session, subject: ApprovalSubject, subject_id: UUID, review: Review = Review.OWNER) -> Approval | None:
    """Return the valid request of one review, or None if nobody was asked."""
    query = select(Approval).where(
        col(Approval.subject) == subject,
        col(Approval.subject_id) == subject_id,
        col(Approval.review) == review,
        col(Approval.superseded_at).is_(None),
    )
    return session.exec(query).first()


def of_run(session: Session, run_id: UUID) -> Approval | None:
    """Return the owner's valid approval request of a run's wording, or None if the run needs none of its own."""
    return of(session, ApprovalSubject.RUN, run_id)


def standing(session: Session, subject: ApprovalSubject, subject_id: UUID) -> dict[Review, ApprovalState]:
    """Return how each review of a subject stands; empty if nobody was asked."""
    rows = session.execute(_STANDING, {"subject": subject, "id": subject_id}).all()
    return {Review(review): ApprovalState(state) for review, state in rows}


def waiting_of_run(session: Session, run_id: UUID) -> list[Approval]:
    """Return every valid request that a run waits for and that is neither decided nor too late."""
    ids = session.execute(_WAITING_OF_RUN, {"run": run_id}).scalars().all()
    return [session.get_one(Approval, found) for found in ids]


def supersede(session: Session, subject: ApprovalSubject, subject_id: UUID, origin: Origin) -> None:
    """Take back every request of a subject, because nobody needs to decide any more. Safe to repeat."""
    query = select(Approval).where(
        col(Approval.subject) == subject, col(Approval.subject_id) == subject_id, col(Approval.superseded_at).is_(None)
    )
    for approval in session.exec(query.with_for_update()):
        approval.superseded_at = now(session)
        approval_effects.close_tasks(session, approval.id, origin)


def state_of(session: Session, approval: Approval) -> ApprovalState:
    """Return where one approval stands."""
    return ApprovalState(session.execute(_STATE, {"approval": approval.id}).scalar_one())


def decide(
    session: Session,
    approval_id: UUID,
    decision: DecisionKind,
    content_hash: str,
    by: Origin,
    channel: DecisionChannel,
    reason: str = "",
    audience_hash: str | None = None,
    principal: str = "",
) -> Verdict:
    """Write a decision if it may be given; otherwise record the attempt. Repeating what holds already changes nothing.

    Args:
        session: an open transaction.
        approval_id: what is decided on. Its audience never changes: another audience is another approval.
        decision: approve, reject, or revoke what was approved.
        content_hash: what the approver was shown.
        by: who decides, and the way it came in.
        channel: where it was given.
        reason: in their words.
        audience_hash: the audience they were shown, if it was shown by its hash.
        principal: whom the Temporal server has verified, `type:name`.
    """
    approval = _locked(session, approval_id)
    if approval is None:
        return refused(session, None, Refusal.UNKNOWN_APPROVAL, by)
    seen_by = approval.audience_hash if audience_hash is None else audience_hash
    refusal = authority.refusal_of(session, approval, decision, content_hash, seen_by, by.actor)
    if refusal is not None:
        return refused(session, approval, refusal, by)
    newest = _newest(session, approval)
    if decision is DecisionKind.APPROVE and newest is not None and newest.decision == decision:
        if state_of(session, approval) is ApprovalState.APPROVED:
            return Verdict(approval_id)
        if _has_approved(session, approval, by.actor):
            return refused(session, approval, Refusal.SECOND_PERSON, by)
    elif newest is not None and newest.decision == decision:
        return Verdict(approval_id)
    hashes = {"content_hash": approval.content_hash, "audience_hash": approval.audience_hash}
    said = {"decision": decision.value, "channel": channel.value, "reason": reason}
    who = {"approver": by.actor, "principal": principal}
    values = insert(Decision).values(approval_id=approval_id, **hashes, **said, **who).returning(col(Decision.id))
    marks.mark(session, session.execute(values).scalar_one())
    facts = {"approval": str(approval_id), "review": approval.review, "through": channel.value}
    events.record(session, EventKind.APPROVAL_DECIDED, by, subject_of(approval), decision, **facts)
    states = standing(session, ApprovalSubject(approval.subject), approval.subject_id)
    approval_effects.take_effect(session, approval, states, by)
    return Verdict(approval_id)


def refused(
    session: Session,
    approval: Approval | None,
    refusal: Refusal,
    by: Origin,
    run_id: UUID | None = None,
) -> Verdict:
    """Record an attempt that has no effect, with its reason."""
    about = subject_of(approval) if approval else Subject(run_id=run_id)
    facts = {"approval": str(approval.id)} if approval else {}
    events.record(session, EventKind.APPROVAL_REFUSED, by, about, refusal.name.lower(), **facts)
    return Verdict(approval.id if approval else None, refusal)


def subject_of(approval: Approval) -> Subject:
    """Return what events about an approval are about; the approver answers for it."""
    return Subject(approval.approver, approval.client_id, approval.run_id)


def _locked(session: Session, approval_id: UUID) -> Approval | None:
    """Lock what is decided on; a post before its approvals, as whoever publishes it does."""
    found = session.get(Approval, approval_id)
    if found is not None and found.subject == ApprovalSubject.POST:
        session.get(Post, found.subject_id, with_for_update=True)
    return session.get(Approval, approval_id, with_for_update=True, populate_existing=True)


def _is_same(current: Approval, wanted: AskFor) -> bool:
    return (current.content_hash, current.audience_hash, current.risk, current.last_editor) == (
        wanted.content_hash, wanted.audience_hash, wanted.risk, wanted.last_editor,
    )  # fmt: skip


def _newest(session: Session, approval: Approval) -> Decision | None:
    query = select(Decision).where(col(Decision.approval_id) == approval.id)
    return session.exec(query.order_by(col(Decision.id).desc())).first()


def _has_approved(session: Session, approval: Approval, actor: str) -> bool:
    return bool(session.execute(_HAS_APPROVED, {"approval": approval.id, "actor": actor}).scalar_one())
