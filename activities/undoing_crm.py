"""Taking a lead back from the CRM: only what is still ours there, and nothing is deleted."""

from activities.crm_access import CrmAccess
from activities.crm_ports import Crm, Handoffs
from models.compensation import RegisteredUndo, UndoEnd
from models.errors import CrmRefusal
from models.handoff import CrmRecord, PreparedHandoff
from models.terms import UndoState

KINDS = ("contact", "deal")


class CrmUndoer:
    """Takes back a handoff by the snapshot of what was there before.

    Args:
        handoffs: remembers.
        access: the CRM.
    """

    def __init__(self, handoffs: Handoffs, access: CrmAccess) -> None:
        self._handoffs = handoffs
        self._access = access

    def take_back(self, undo: RegisteredUndo) -> UndoEnd:
        """Archive what we created, or put back what we changed, as far as nobody else has touched it since."""
        prepared = self._handoffs.of_run(undo.run_id)
        # Without a snapshot we never wrote: whatever the CRM has under this lead's key is of another run.
        if prepared is None or not self._access.is_set_up or not prepared.snapshot:
            return UndoEnd(UndoState.NOTHING_TO_UNDO, "nothing was handed over")
        try:
            return _from_crm(self._access.ready(), prepared, again=undo.again)
        except CrmRefusal as refusal:
            return UndoEnd(UndoState.GIVEN_TO_PERSON, self._access.refused(refusal))


def _from_crm(crm: Crm, prepared: PreparedHandoff, *, again: bool) -> UndoEnd:
    if not crm.can_be_asked:
        crm.archive(prepared.lead, CrmRecord(prepared.lead.key, None, {}, {}))
        return UndoEnd(UndoState.UNDONE, "the receiver was told and has agreed")
    found = crm.find(prepared.lead.key)
    before = prepared.snapshot.get("before")
    if found is None:
        if again and before is None:
            return UndoEnd(UndoState.UNDONE, "created by us: an earlier call has archived it")
        return UndoEnd(UndoState.NOTHING_TO_UNDO, "the CRM does not have the lead")
    written = prepared.snapshot.get("written", {"contact": found.contact, "deal": found.deal})
    # A deal that is gone needs no taking back: perhaps our own call that archived it has lost its answer.
    ours = found.contact == written["contact"] and (found.deal_id is None or found.deal == written["deal"])
    if before is None and ours:
        crm.archive(prepared.lead, found)
        return UndoEnd(UndoState.UNDONE, "created by us and untouched since: taken out of use")
    if before is None:
        return UndoEnd(UndoState.GIVEN_TO_PERSON, "created by us, changed since")
    crm.restore(found, {kind: _still_ours(getattr(found, kind), written[kind], before[kind]) for kind in KINDS})
    return UndoEnd(UndoState.UNDONE, "was there before: what is still ours was put back")


def _still_ours(found: dict[str, str], written: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """Return what to write back: earlier values, empty ones too, of whatever nobody has changed since."""
    return {name: before.get(name, "") for name, value in written.items() if found.get(name, "") == value}
