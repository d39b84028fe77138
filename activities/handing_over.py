"""Handing a lead to the CRM, and taking back what a run has done."""

from contextlib import suppress
from random import uniform

from temporalio import activity

from activities.ports import Crm, Handoffs
from models.errors import CrmGone, CrmRefusal, TryAgain
from models.handoff import (
    HANDOFF_STEP,
    LONGEST_WAIT_OF_A_RUN,
    CrmRecord,
    PreparedHandoff,
    RegisteredUndo,
    wait_after,
)
from models.outreach import RunReference, UndoReport
from models.terms import UndoState

KINDS = ("contact", "deal")


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

        Returns False if the CRM will not take it, and the owner has a task; or if it cannot be reached for a while, and
        the lead is offered to it again beside the run.

        Raises:
            TryAgain: the CRM did not answer, or asked to come back soon.
        """
        prepared = self._handoffs.prepare(reference.run_id)
        if prepared.state != "prepared":  # voided: a rollback was faster
            return prepared.state == "accepted"
        return self._offer(prepared)

    def sweep(self) -> int:
        """Offer again what is due beside its run: after a long wait, or because a person wants it. Returns how many."""
        due = self._handoffs.due()
        for prepared in due:
            with suppress(TryAgain):  # noted with its next moment
                self._offer(prepared)
        return len(due)

    def _offer(self, prepared: PreparedHandoff) -> bool:
        try:
            crm = self._ready_crm()
            if not prepared.snapshot:
                self._handoffs.snapshot(prepared.handoff_id, _before(crm.find(prepared.lead.key)))
            written = crm.upsert(prepared.lead)
        except CrmRefusal as refusal:
            self._handoffs.given_to_person(prepared.handoff_id, self._refused(refusal))
            return False
        except TryAgain as failure:
            self._postpone(prepared, failure)
            return False
        properties = {"contact": written.contact, "deal": written.deal}
        self._handoffs.accepted(prepared.handoff_id, written.contact_id, written.deal_id or "", properties)
        return True

    def _ready_crm(self) -> Crm:
        if self._crm is None:
            raise CrmRefusal("no CRM is set up")
        if self._handoffs.is_switched_off():
            raise CrmRefusal("the CRM is switched off, see the task crm_switched_off")
        return self._crm

    def _refused(self, refusal: CrmRefusal) -> str:
        if isinstance(refusal, CrmGone):
            self._handoffs.switch_off(str(refusal))
        return str(refusal)

    def _postpone(self, prepared: PreparedHandoff, failure: TryAgain) -> None:
        """Wait inside the run if it is not for long, else beside it; after the last wait a person is told."""
        waits = self._crm.waits if self._crm else ()
        wait = wait_after(prepared.tries + 1, waits, uniform(1, 1.1), failure.after)
        if wait is None:
            self._handoffs.given_to_person(prepared.handoff_id, f"no success in {len(waits) + 1} calls: {failure}")
            return
        self._handoffs.postponed(prepared.handoff_id, str(failure), wait)
        if wait <= LONGEST_WAIT_OF_A_RUN:
            raise TryAgain(str(failure), wait)

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
            return _take_back_from_crm(self._ready_crm(), prepared)
        except CrmRefusal as refusal:
            return UndoState.GIVEN_TO_PERSON, self._refused(refusal)


def _take_back_from_crm(crm: Crm, prepared: PreparedHandoff) -> tuple[UndoState, str]:
    if not crm.can_be_asked:
        crm.archive(prepared.lead, CrmRecord(prepared.lead.key, None, {}, {}))
        return UndoState.UNDONE, "the receiver was told and has agreed"
    found = crm.find(prepared.lead.key)
    if found is None:
        return UndoState.NOTHING_TO_UNDO, "the CRM does not have the lead"
    before = prepared.snapshot.get("before")
    written = prepared.snapshot.get("written", {"contact": found.contact, "deal": found.deal})
    # A deal that is gone needs no taking back: perhaps our own call that archived it has lost its answer.
    ours = found.contact == written["contact"] and (found.deal_id is None or found.deal == written["deal"])
    if before is None and ours:
        crm.archive(prepared.lead, found)
        return UndoState.UNDONE, "created by us and untouched since: archived"
    if before is None:
        return UndoState.GIVEN_TO_PERSON, "created by us, changed since"
    crm.restore(found, {kind: _still_ours(getattr(found, kind), written[kind], before[kind]) for kind in KINDS})
    return UndoState.UNDONE, "was there before: what is still ours was put back"


def _still_ours(found: dict[str, str], written: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """Return what to write back: earlier values, empty ones too, of whatever nobody has changed since."""
    return {name: before.get(name, "") for name, value in written.items() if found.get(name, "") == value}


def _before(found: CrmRecord | None) -> dict[str, object]:
    if found is None:
        return {"before": None}
    return {"before": {"contact": found.contact, "deal": found.deal}}
