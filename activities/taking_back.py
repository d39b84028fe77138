"""Taking back what a run has done: every registered undo, newest first, each tried, one recorded end each."""

from collections.abc import Mapping

from temporalio import activity

from activities.declared_undos import has_no_undo
from activities.undoing_ports import Undoer, Undos
from models.compensation import PATIENCE, RegisteredUndo, UndoEnd, UndoKind
from models.errors import Final, TryAgain
from models.failpoints import failpoint
from models.outreach import RunReference, UndoReport
from models.terms import UndoState


class TakingBackActivities:
    """Begins, takes back, records; a process that dies between any two of these goes on where it was.

    Args:
        undos: remembers.
        undoers: how each kind of step is taken back; a kind without one is a person's.
    """

    def __init__(self, undos: Undos, undoers: Mapping[UndoKind, Undoer]) -> None:
        self._undos = undos
        self._undoers = {kind.value: undoer for kind, undoer in undoers.items()}

    @activity.defn(no_thread_cancel_exception=True)
    @has_no_undo("it is itself the undo")
    def take_back(self, reference: RunReference) -> UndoReport:
        """Do every registered undo of a run, newest first. Safe to repeat; one that fails does not stop the others.

        Raises:
            TryAgain: another end did not answer; everything else has been tried, and most of it has ended.
        """
        unanswered: TryAgain | None = None
        for undo in self._undos.to_do(reference.run_id):
            tried_for = self._undos.begin(undo)
            failpoint("U1")
            try:
                end = self._taken_back(undo)
            except TryAgain as error:
                if tried_for < PATIENCE.total_seconds():
                    unanswered = error
                    continue
                end = UndoEnd(UndoState.GIVEN_TO_PERSON, f"no answer in {PATIENCE.days} days: {error}")
            failpoint("U2")
            self._undos.end(undo, end)
            failpoint("U3")
        if unanswered is not None:
            raise unanswered
        return self._undos.report(reference.run_id)

    def _taken_back(self, undo: RegisteredUndo) -> UndoEnd:
        undoer = self._undoers.get(undo.kind)
        if undoer is None:
            return UndoEnd(UndoState.GIVEN_TO_PERSON, f"nothing takes back {undo.kind} by itself")
        try:
            return undoer.take_back(undo)
        except Final as refusal:
            return UndoEnd(UndoState.GIVEN_TO_PERSON, str(refusal))
