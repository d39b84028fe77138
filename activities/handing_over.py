"""Handing a lead to the CRM. How it is taken back: `activities.undoing_crm`."""

from contextlib import suppress
from random import uniform

from temporalio import activity

from activities.crm_access import CrmAccess
from activities.crm_ports import Crm, Handoffs
from activities.declared_undos import undone_by
from models.compensation import UndoKind
from models.errors import CrmRefusal, TryAgain
from models.handoff import LONGEST_WAIT_OF_A_RUN, CrmRecord, PreparedHandoff, wait_after
from models.outreach import RunReference


class HandoffActivities:
    """Prepare, call, record; the undo is registered before the call.

    Args:
        handoffs: remembers.
        crm: the client's CRM; None if none is set up, then every lead goes to a person.
    """

    def __init__(self, handoffs: Handoffs, crm: Crm | None) -> None:
        self._handoffs = handoffs
        self._access = CrmAccess(handoffs, crm)

    @activity.defn(no_thread_cancel_exception=True)
    @undone_by(UndoKind.CRM_HANDOFF)
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
            crm = self._access.ready()
            if not prepared.snapshot:
                self._handoffs.snapshot(prepared.handoff_id, _before(crm.find(prepared.lead.key)))
            written = crm.upsert(prepared.lead)
        except CrmRefusal as refusal:
            self._handoffs.given_to_person(prepared.handoff_id, self._access.refused(refusal))
            return False
        except TryAgain as failure:
            self._postpone(prepared, failure)
            return False
        properties = {"contact": written.contact, "deal": written.deal}
        self._handoffs.accepted(prepared.handoff_id, written.contact_id, written.deal_id or "", properties)
        return True

    def _postpone(self, prepared: PreparedHandoff, failure: TryAgain) -> None:
        """Wait inside the run if it is not for long, else beside it; after the last wait a person is told."""
        waits = self._access.crm.waits if self._access.crm else ()
        wait = wait_after(prepared.tries + 1, waits, uniform(1, 1.1), failure.after)
        if wait is None:
            self._handoffs.given_to_person(prepared.handoff_id, f"no success in {len(waits) + 1} calls: {failure}")
            return
        self._handoffs.postponed(prepared.handoff_id, str(failure), wait)
        if wait <= LONGEST_WAIT_OF_A_RUN:
            raise TryAgain(str(failure), wait)


def _before(found: CrmRecord | None) -> dict[str, object]:
    if found is None:
        return {"before": None}
    return {"before": {"contact": found.contact, "deal": found.deal}}
