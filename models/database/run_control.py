"""What the workflow asks of its run's rows: how it stands, what a typed signal comes to, how it ends."""

from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from models.database import events, rollbacks, runs, situations
from models.database.engine import transaction
from models.database.events import Origin
from models.database.locks import scope_key
from models.database.permission import approval_codes, approval_watch, approvals, pauses, resuming
from models.database.permission.pauses import Terms
from models.database.recovery import rowless
from models.database.tables.runs import Run
from models.event_kinds import EventKind
from models.outreach import SignalClaim, Situation
from models.terms import Control, DecisionKind, PauseScope

UI = Origin("temporal_ui", "temporal_ui")
WORKFLOW = Origin("workflow")
TYPED = "typed in the Temporal UI"


class RunControl:
    """Runs on PostgreSQL.

    Args:
        engine: the way to the rows.
        approval_key: keys the hash of approval codes.
    """

    def __init__(self, engine: Engine, approval_key: bytes) -> None:
        self._engine = engine
        self._approval_key = approval_key

    def look(self, run_id: UUID) -> Situation:
        """Return how a run stands, and note that what came in for it is read. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            return situations.look(session, run_id)

    def settle(self, claim: SignalClaim, principal: str = "") -> None:
        """Turn a typed signal into a row if it may be one; else record the attempt.

        `principal` is whom the server has verified as its sender, `type:name`; empty where it verifies nobody.
        """
        with transaction(self._engine) as session:
            if claim.problem is not None:
                for text in claim.shown:  # anybody who can open the history could use it
                    approval_codes.spend(session, text, self._approval_key)
                _refuse(session, claim, claim.problem)
            elif claim.decision is not None:
                _decide(session, claim, claim.decision, self._approval_key, principal)
            elif claim.again and _is_outdated(session, claim):
                _refuse(session, claim, "a reset has delivered it again; type it again if it still holds")
            elif claim.control is not None:
                _control(session, claim.run_id, claim.control)

    def escalate_approval(self, run_id: UUID) -> None:
        """Tell the escalation owner that nobody has decided. Safe to repeat."""
        with transaction(self._engine) as session:
            run = runs.existing(session, run_id)
            about = runs.subject(run, owner=run.escalation_owner)
            for approval in approvals.waiting_of_run(session, run_id):
                approval_watch.escalate(session, approval, about, WORKFLOW)

    def close(self, run_id: UUID, outcome: str, why: str = "") -> None:
        """Close a run with its one outcome, or tell a person that it has no row. Safe to repeat; the first outcome stays."""
        with transaction(self._engine) as session:
            if session.get(Run, run_id) is None:
                rowless.tell(session, run_id, WORKFLOW)
                return
            runs.close(session, run_id, outcome, WORKFLOW, why)

    def rolled_back(self, run_id: UUID, counts: dict[str, Any]) -> None:
        """Record that every undo has ended."""
        with transaction(self._engine) as session:
            about = runs.subject(runs.existing(session, run_id))
            events.record(session, EventKind.ROLLED_BACK, WORKFLOW, about, **counts)


def _decide(session: Session, claim: SignalClaim, decision: DecisionKind, key: bytes, principal: str) -> None:
    if claim.shown:
        approval_codes.decide_by_code(session, claim.run_id, "".join(claim.shown), decision, key, UI, principal)
    else:
        approval_codes.decide_as_verified(session, claim.run_id, decision, principal, UI)


def _control(session: Session, run_id: UUID, control: Control) -> None:
    run = runs.existing(session, run_id)
    scope = scope_key(PauseScope.RUN, run_id=run_id)
    match control:
        case Control.PAUSE:
            pauses.put_on(session, Terms(scope, TYPED, run.escalation_owner), UI)
        case Control.RESUME:
            _resume(session, run, scope)
        case Control.STOP:
            runs.stop(session, run_id, UI)
        case Control.ROLL_BACK:
            rollbacks.ask(session, run_id, UI)


def _resume(session: Session, run: Run, scope: str) -> None:
    """Lift what was typed here. A pause that came in another way has an owner who would not hear of it."""
    resuming.lift_own(session, scope, UI, TYPED, (UI.source,))
    if others := pauses.of_scope(session, scope):
        why = f"{others[0].put_by} has paused this run with epoch {others[0].epoch}; resume it through the API"
        events.record(session, EventKind.SIGNAL_REFUSED, UI, runs.subject(run), why, signal=Control.RESUME)


def _is_outdated(session: Session, claim: SignalClaim) -> bool:
    """Whether rows know better: of pauses and resumes the last counts, which a repetition of an earlier one is not."""
    paused_before = pauses.epoch_of(session, scope_key(PauseScope.RUN, run_id=claim.run_id)) > 0
    return claim.control in (Control.PAUSE, Control.RESUME) and paused_before


def _refuse(session: Session, claim: SignalClaim, problem: str) -> None:
    about = runs.subject(runs.existing(session, claim.run_id))
    events.record(session, EventKind.SIGNAL_REFUSED, UI, about, problem, signal=claim.signal)
