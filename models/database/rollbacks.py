"""Rolling a run back: what it would do is shown first, and what was seen is what is done.

From the commit of the request nothing more of the run is claimed or handed over, so nothing is added to what was seen. A
message that was claimed before is part of it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from models.compensation import PlannedUndo, Prospect, RollbackPlan, UndoKind
from models.database import runs
from models.database.events import Origin
from models.database.locks import lock_scope, scope_key
from models.database.runs import Change
from models.errors import CommsError
from models.terms import IN_DOUBT, MessageState, PauseScope, UndoState

_STEPS = text(
    """
    SELECT u.step, u.kind, u.about, u.state, u.reason, u.registered_at, m.state AS message,
        h.snapshot, p.paused
    FROM undo u
    LEFT JOIN message m ON m.id = CAST(CASE u.kind WHEN 'sent_message' THEN u.about END AS uuid)
    LEFT JOIN handoff h ON h.id = CAST(CASE u.kind WHEN 'crm_handoff' THEN u.about END AS uuid)
    LEFT JOIN pause p ON p.id = CAST(CASE u.kind WHEN 'pause' THEN u.about END AS uuid)
    WHERE u.run_id = :run ORDER BY u.id DESC
    """
)
_UNSENT = text(
    "SELECT count(*) FROM message WHERE run_id = :run AND state IN ('planned', 'ready') AND audience = 'contact'"
)


class NotAsSeen(CommsError):
    """A rollback would do something else than what was seen."""


def plan(session: Session, run_id: UUID) -> RollbackPlan:
    """Return what a rollback would do now, or has done; newest step first. Raises UnknownRecord."""
    runs.existing(session, run_id)
    steps = tuple(_planned(row) for row in session.execute(_STEPS, {"run": run_id}).mappings())
    return RollbackPlan(run_id, steps, session.execute(_UNSENT, {"run": run_id}).scalar_one())


def ask(session: Session, run_id: UUID, origin: Origin, reason: str = "", seen: str | None = None) -> Change:
    """Ask a run to be rolled back, and record the plan as it is at this moment. Safe to repeat.

    Args:
        session: an open transaction.
        run_id: of a run that is open or closed.
        origin: who asks.
        reason: why, for the log.
        seen: fingerprint of the plan that was shown; None for a way on which nothing can be shown.

    Raises:
        UnknownRecord: there is no such run.
        NotAsSeen: meanwhile it would do something else, and nobody has asked for it yet.
    """
    lock_scope(session, scope_key(PauseScope.RUN, run_id=run_id))
    run = runs.existing(session, run_id)
    session.refresh(run)
    if run.roll_back_requested_by is not None:
        return Change(False)
    planned = plan(session, run_id)
    if seen is not None and seen != planned.fingerprint:
        raise NotAsSeen("meanwhile this rollback would do something else; look at it again")
    steps = [{"step": one.step, "kind": one.kind, "prospect": one.prospect} for one in planned.steps]
    return runs.roll_back(session, run_id, origin, reason, plan=planned.fingerprint, steps=steps)


def _planned(row: RowMapping) -> PlannedUndo:
    own: dict[str, Any] = {name: row[name] for name in ("step", "kind", "about", "registered_at", "reason")}
    state = UndoState(row["state"])
    return PlannedUndo(**own, state=state, prospect=_prospect(row) if state is UndoState.REGISTERED else None)


def _prospect(row: RowMapping) -> Prospect:
    match row["kind"]:
        case UndoKind.SENT_MESSAGE:
            return _of_message(row["message"])
        case UndoKind.CRM_HANDOFF:
            return _of_handoff(row["snapshot"])
        case UndoKind.PORTAL_POST:
            return Prospect.WITHDRAW
        case UndoKind.PAUSE if not row["paused"]:
            return Prospect.NOTHING
        case _:
            return Prospect.ASK_PERSON


def _of_message(state: str) -> Prospect:
    if state in IN_DOUBT:
        return Prospect.ASK_PERSON
    return Prospect.CORRECT if state == MessageState.ACCEPTED else Prospect.NOTHING


def _of_handoff(snapshot: dict[str, Any] | None) -> Prospect:
    if not snapshot:
        return Prospect.NOTHING
    return Prospect.ARCHIVE if snapshot.get("before") is None else Prospect.PUT_BACK
