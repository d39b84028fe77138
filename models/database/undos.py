"""The registered undo of every step with an outside effect: written before the step, ended once.

Whoever does such a step calls `register` in the transaction that commits the intention to do it.
"""

from uuid import UUID

from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.compensation import RegisteredUndo, UndoEnd, UndoKind
from models.database import events, runs
from models.database.engine import now, transaction
from models.database.events import Origin, TaskOrder
from models.database.tables.undos import Undo
from models.event_kinds import EventKind
from models.outreach import UndoReport
from models.terms import UndoState

WORKFLOW = Origin("workflow")
TASK = "undo"
_BEGIN = text(
    """
    UPDATE undo SET first_tried_at = coalesce(first_tried_at, clock_timestamp())
    WHERE id = :id RETURNING clock_timestamp() - first_tried_at AS tried_for
    """
)
_END_HANDOFF = text(
    """
    UPDATE handoff SET state = CAST(:state AS text),
        voided_at = CASE WHEN CAST(:state AS text) = 'voided' THEN clock_timestamp() END
    WHERE run_id = :run
    """
)
_BY_HAND = {
    UndoKind.CRM_HANDOFF: "The CRM record was not taken back, see why. Take back by hand what is still ours.",
    UndoKind.SENT_MESSAGE: "A message of this run may have left. Once that is known, decide whether to correct it.",
    UndoKind.PORTAL_POST: "A post of this run was not withdrawn, see why. Withdraw it.",
    UndoKind.PAUSE: "A pause of this run still holds. Look at its preview, and resume it: comms resume.",
}
_BY_HAND_ANYHOW = "A step of this run was not taken back, see why. Take it back by hand."
_CORRECT = (
    "Messages of this run had left and cannot be recalled. If the lead must be told, write a correction, which an approver "
    "has to approve: comms correct. Else close this task."
)


def register(session: Session, run_id: UUID, step: str, kind: UndoKind, about: str) -> None:
    """Note how a step will be taken back, in the transaction before it is done. Safe to repeat; the first one stays.

    Args:
        session: an open transaction; the step may be done once it has committed.
        run_id: of the run that does the step.
        step: what is done, once per run, such as `publish:2`.
        kind: how it is taken back.
        about: the id of what the step makes.
    """
    row = {"run_id": run_id, "step": step, "kind": kind.value, "about": about, "state": UndoState.REGISTERED.value}
    session.execute(insert(Undo).values(reason="", **row).on_conflict_do_nothing())


class Undos:
    """Undos on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def to_do(self, run_id: UUID) -> list[RegisteredUndo]:
        """Return what is registered and has not ended, newest first."""
        query = select(Undo).where(col(Undo.run_id) == run_id, col(Undo.state) == UndoState.REGISTERED)
        with transaction(self._engine) as session:
            rows = session.exec(query.order_by(col(Undo.id).desc()))
            return [_registered(row) for row in rows]

    def begin(self, undo: RegisteredUndo) -> float:
        """Note that it is tried; return for how many seconds it has been tried so far."""
        with transaction(self._engine) as session:
            return session.execute(_BEGIN, {"id": undo.id}).scalar_one().total_seconds()  # type: ignore[no-any-return]

    def end(self, undo: RegisteredUndo, end: UndoEnd) -> None:
        """Record what became of an undo; the first end stays. What a machine cannot take back becomes a task."""
        with transaction(self._engine) as session:
            row = session.get_one(Undo, undo.id, with_for_update=True)
            if row.state != UndoState.REGISTERED:
                return
            row.state, row.reason, row.ended_at = end.state, end.reason, now(session)
            about = runs.subject(runs.existing(session, undo.run_id))
            events.record(session, EventKind.UNDONE, WORKFLOW, about, end.state, step=undo.step, why=end.reason)
            if undo.kind == UndoKind.CRM_HANDOFF:
                given = end.state is UndoState.GIVEN_TO_PERSON
                session.execute(_END_HANDOFF, {"run": undo.run_id, "state": "given_to_person" if given else "voided"})
            if (order := _task(undo, end)) is not None:
                events.open_task(session, order, about, WORKFLOW)

    def report(self, run_id: UUID) -> UndoReport:
        """Return how the undos of a run have ended so far."""
        with transaction(self._engine) as session:
            states = session.exec(select(Undo.state).where(col(Undo.run_id) == run_id)).all()
        ended = {state.value: states.count(state) for state in UndoState if state is not UndoState.REGISTERED}
        return UndoReport(run_id=run_id, **ended)


def _registered(row: Undo) -> RegisteredUndo:
    return RegisteredUndo(row.id or 0, row.run_id, row.step, row.kind, row.about, row.first_tried_at is not None)


def _task(undo: RegisteredUndo, end: UndoEnd) -> TaskOrder | None:
    why = {"why": end.reason}
    if end.state is UndoState.NOT_UNDOABLE:  # one for all messages of the run
        return TaskOrder(TASK, str(undo.run_id), _CORRECT, {**why, "correct": f"comms correct {undo.run_id}"})
    if end.state is UndoState.GIVEN_TO_PERSON:
        by_kind = {kind.value: instruction for kind, instruction in _BY_HAND.items()}
        instruction = by_kind.get(undo.kind, _BY_HAND_ANYHOW)
        return TaskOrder(TASK, f"{undo.run_id}/{undo.step}", instruction, {**why, "about": undo.about})
    return None
