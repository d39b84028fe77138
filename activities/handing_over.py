"""Handing a lead to the CRM, and taking back what a run has done."""

from temporalio import activity

from activities.ports import Crm, Handoffs
from models.errors import CrmRefusal, TryAgain
from models.handoff import HANDOFF_STEP, CrmRecord, PreparedHandoff, RegisteredUndo
from models.outreach import RunReference, UndoReport
from models.terms import UndoState


class HandoffActivities:
    """Prepare, call, record; the undo is registered before the call.

    Args:
        handoffs: remembers.
        crm: the client's CRM; None if none is set up, then every lead goes to a person.
    """

    def __init__(self, handoffs: Handoffs, crm: Crm | None) -> None:
        self._handoffs = handoffs
        self._crm = crm

    @activity.defn
    def hand_to_crm(self, reference: RunReference) -> bool:
        """Create or update the lead in the CRM under our own key. Safe to repeat.

        Returns False if the CRM will not take it; the owner then has a task.

        Raises:
            TryAgain: the CRM did not answer, or asked to come back later.
        """
        prepared = self._handoffs.prepare(reference.run_id)
        if prepared.state in ("accepted", "voided"):  # voided: a rollback was faster
            return prepared.state == "accepted"
        try:
            if self._crm is None:
                raise CrmRefusal("no CRM is set up")
            if not prepared.snapshot:
                self._handoffs.snapshot(prepared.handoff_id, _before(self._crm.find(prepared.lead.key)))
            written = self._crm.upsert(prepared.lead)
        except CrmRefusal as refusal:
            self._handoffs.given_to_person(prepared.handoff_id, str(refusal))
            return False
        properties = {"contact": written.contact, "deal": written.deal}
        self._handoffs.accepted(prepared.handoff_id, written.contact_id, written.deal_id or "", properties)
        return True

    @activity.defn
    def take_back(self, reference: RunReference) -> UndoReport:
        """Do every registered undo of a run, newest first. Safe to repeat; one that fails does not stop the others.

        Raises:
            TryAgain: the CRM did not answer; everything else has been undone.
        """
        unreachable: TryAgain | None = None
        for undo in self._handoffs.undos(reference.run_id):
            try:
                end, reason = self._undo(undo)
            except TryAgain as error:
                unreachable = error
                continue
            self._handoffs.ended(undo, end, reason)
        if unreachable is not None:
            raise unreachable
        return self._handoffs.report(reference.run_id)

    def _undo(self, undo: RegisteredUndo) -> tuple[UndoState, str]:
        if undo.step != HANDOFF_STEP:
            if self._handoffs.was_sent(undo.message_id):
                return UndoState.GIVEN_TO_PERSON, "a sent message cannot be recalled"
            return UndoState.NOTHING_TO_UNDO, "the message never left"
        prepared = self._handoffs.of_run(undo.run_id)
        # Without a snapshot we never wrote: whatever the CRM has under this lead's key is of another run.
        if prepared is None or self._crm is None or not prepared.snapshot:
            return UndoState.NOTHING_TO_UNDO, "nothing was handed over"
        try:
            return self._take_back_from_crm(self._crm, prepared)
        except CrmRefusal as refusal:
            return UndoState.GIVEN_TO_PERSON, str(refusal)

    def _take_back_from_crm(self, crm: Crm, prepared: PreparedHandoff) -> tuple[UndoState, str]:
        found = crm.find(prepared.lead.key)
        if found is None:
            return UndoState.NOTHING_TO_UNDO, "the CRM does not have the lead"
        before = prepared.snapshot.get("before")
        written = prepared.snapshot.get("written", {"contact": found.contact, "deal": found.deal})
        ours = found.contact == written["contact"] and found.deal == written["deal"]
        if before is None and ours:
            crm.archive(found)
            return UndoState.UNDONE, "created by us and untouched since: archived"
        if before is None:
            return UndoState.GIVEN_TO_PERSON, "created by us, changed since"
        still_ours = {
            kind: {
                name: old
                for name, old in before[kind].items()
                if getattr(found, kind).get(name) == written[kind].get(name)
            }
            for kind in ("contact", "deal")
        }
        crm.restore(found, still_ours)
        return UndoState.UNDONE, "was there before: what is still ours was put back"


def _before(found: CrmRecord | None) -> dict[str, object]:
    if found is None:
        return {"before": None}
    return {"before": {"contact": found.contact, "deal": found.deal}}
