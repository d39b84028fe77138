"""Approvals that nobody decides on: their approver is told and told again, a delegate may step in, somebody responsible hears.

It works on rows alone, so that it does so for whatever is approved, whether a run waits for it or not.
"""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.approval_nudges import Nudge, Patience, Waiting, moments, next_look
from models.approving import ApprovalSubject, Review
from models.database import events
from models.database.engine import now, transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.permission import approval_effects, approvals
from models.database.permission.approval_notices import ApprovalNotices
from models.database.tables.approvals import Approval
from models.database.tables.people import Staff
from models.database.tables.runs import Run
from models.event_kinds import EventKind
from models.notices import APPROVAL_NOTICE_STEP, ApprovalNotice
from models.sending import SendStep
from models.terms import ApprovalState

WATCH = Origin("approval_watch")
Write = Callable[[ApprovalNotice], tuple[str, str]]
"""Returns subject and body of a notice."""
_DUE = text("SELECT id FROM approval WHERE watch_at <= clock_timestamp() ORDER BY watch_at LIMIT 100")
_UNSENT = text(
    r"""
    SELECT m.run_id, m.step FROM message m
    WHERE m.state = 'ready' AND m.audience = 'staff' AND m.step LIKE 'approval\_%/%' AND m.expires_at > clock_timestamp()
      AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.message_id = m.id
                      AND t.started_at > clock_timestamp() - interval '1 minute')
    ORDER BY m.planned_at LIMIT 20
    """
)
_HOW = "Read the exact wording and decide: `comms approve {id}` or `comms reject {id}`, GET /v1/approvals/{id}."
_KINDS = {
    Nudge.NOTICE: ("approval_waiting", "Your approval is needed. ", EventKind.APPROVAL_REMINDED),
    Nudge.REMINDER: ("approval_waiting", "Your approval is still needed. ", EventKind.APPROVAL_REMINDED),
    Nudge.DELEGATION: (
        "approval_delegated", "The approver has not decided; you may now decide too. ", EventKind.APPROVAL_DELEGATED,
    ),
}  # fmt: skip


class ApprovalWatch:
    """The standing duty about approvals. Several may run at once: each thing is done once.

    Args:
        engine: the way to the rows.
        notices: writes to approvers.
        patience: when what is done.
    """

    def __init__(self, engine: Engine, notices: ApprovalNotices, patience: Patience) -> None:
        self._engine = engine
        self._notices = notices
        self._patience = patience

    def due(self) -> list[UUID]:
        """Return the approvals about which something may be due."""
        with transaction(self._engine) as session:
            return list(session.execute(_DUE).scalars())

    def see_to(self, approval_id: UUID, write: Write) -> int:
        """Do what is due about one approval, in one transaction; return how much that was. Safe to repeat."""
        with transaction(self._engine) as session:
            approval = session.get_one(Approval, approval_id, with_for_update=True, populate_existing=True)
            run = session.get(Run, approval.run_id) if approval.run_id else None
            moot = approval.superseded_at is not None or (run is not None and run.closed_at is not None)
            if moot or approvals.state_of(session, approval) is not ApprovalState.WAITING:
                approval.watch_at = None
                approval_effects.close_tasks(session, approval.id, WATCH)
                return 0
            waiting, at = self._waiting(session, approval, run), now(session)
            due = [nudge for nudge, moment in moments(waiting, self._patience).items() if moment <= at]
            for nudge in due:
                self._do(session, approval, nudge, write)
            approval.watch_at = next_look(waiting, self._patience, at)
            return len(due)

    def unsent(self) -> list[SendStep]:
        """Return the notices written here that have not left, and were not just tried."""
        with transaction(self._engine) as session:
            return [SendStep(run_id=row.run_id, step=row.step) for row in session.execute(_UNSENT)]

    def _waiting(self, session: Session, approval: Approval, run: Run | None) -> Waiting:
        told = {
            Nudge.NOTICE: approval.noticed_at,
            Nudge.REMINDER: approval.reminded_at,
            Nudge.DELEGATION: approval.delegated_at,
            Nudge.ESCALATION: approval.escalated_at,
        }
        done = {nudge for nudge, moment in told.items() if moment is not None}
        by_workflow = approval.subject == ApprovalSubject.RUN and approval.review == Review.OWNER
        if approval.subject == ApprovalSubject.TEMPLATE or (
            run is not None and by_workflow and self._notices.is_planned(session, run.id, APPROVAL_NOTICE_STEP)
        ):
            done.add(Nudge.NOTICE)
        assert approval.requested_at is not None
        return Waiting(
            asked_at=approval.requested_at,
            ends_at=approval.expires_at,
            done=frozenset(done),
            is_announced=by_workflow,
            has_delegate=approval.delegate is not None,
            is_escalated_elsewhere=run is not None,
        )

    def _do(self, session: Session, approval: Approval, nudge: Nudge, write: Write) -> None:
        if nudge is Nudge.ESCALATION:
            about = Subject(approval.delegate or approval.approver, approval.client_id)
            escalate(session, approval, about, WATCH)
            return
        column = {Nudge.NOTICE: "noticed_at", Nudge.REMINDER: "reminded_at", Nudge.DELEGATION: "delegated_at"}[nudge]
        setattr(approval, column, now(session))
        to = approval.delegate if nudge is Nudge.DELEGATION and approval.delegate else approval.approver
        task, sentence, kind = _KINDS[nudge]
        about, facts = Subject(to, approval.client_id, approval.run_id), {"approval": str(approval.id), "what": nudge}
        events.record(session, kind, WATCH, about, approval.subject, **facts)
        is_mailed = self._mail(session, approval, to, nudge, write)
        if nudge is not Nudge.NOTICE or not is_mailed:
            order = TaskOrder(
                task, str(approval.id), sentence + _HOW.format(id=approval.id), {"review": approval.review}
            )
            events.open_task(session, order, about, WATCH)

    def _mail(self, session: Session, approval: Approval, to: str, nudge: Nudge, write: Write) -> bool:
        """Write to somebody who wants email, if a run waits: a message belongs to one."""
        staff = session.get(Staff, to)
        if approval.run_id is None or staff is None or not (staff.wants_email and staff.email):
            return False
        notice = self._notices.compose(session, approval, to, nudge, f"approval_{nudge}/{approval.id}")
        self._notices.plan(session, notice, *write(notice))
        return True


def escalate(session: Session, approval: Approval, about: Subject, origin: Origin) -> None:
    """Put an approval that nobody has decided on on the list of somebody responsible. Safe to repeat."""
    if approval.escalated_at is not None:
        return
    approval.escalated_at = now(session)
    events.record(session, EventKind.APPROVAL_ESCALATED, origin, about, approval=str(approval.id))
    order = TaskOrder("approval_overdue", str(approval.id), "Nobody has decided on this wording. Decide or delegate.")
    events.open_task(session, order, about, origin)
