"""Looking up what became of calls whose outcome is unknown. Runs beside the worker; it never sends."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from activities.ports import Doubts, SentList
from models.errors import TryAgain
from models.reconciling import BEFORE_CLAIM, Doubt, Trace, candidates


class Swept(NamedTuple):
    """What one sweep did: leases that were over, doubts resolved by a list, doubts given to a person."""

    leases_over: int = 0
    found: int = 0
    given_to_person: int = 0


class Reconciler:
    """Asks the providers that can be asked; for the others evidence comes as events, or a person decides.

    Args:
        doubts: what is unknown.
        lists: providers that list what they have accepted, by name.
    """

    def __init__(self, doubts: Doubts, lists: Mapping[str, SentList]) -> None:
        self._doubts = doubts
        self._lists = lists

    def sweep(self) -> Swept:
        """End leases, look up what is due. Safe to repeat and to run in several processes at once."""
        leases_over = self._doubts.end_leases()
        found = given = 0
        for doubt in self._doubts.due():
            seen = self._look_up(doubt)
            if not isinstance(seen, Trace):
                self._doubts.found(doubt, seen)
                found += 1
            elif seen is not Trace.NO_ANSWER or doubt.is_overdue:
                given += self._doubts.not_found(doubt, seen)
        return Swept(leases_over, found, given)

    def _look_up(self, doubt: Doubt) -> str | Trace:
        """Return the provider's id of the message, or what its list shows instead."""
        listing = self._lists.get(doubt.provider)
        if listing is None:
            return Trace.NO_LIST
        since: datetime = doubt.claimed_at - BEFORE_CLAIM
        try:
            likely = candidates(doubt, listing.sent_to(doubt.address, since))
        except TryAgain:
            return Trace.NO_ANSWER
        unbound = self._doubts.unbound(doubt.provider, likely)
        if len(unbound) == 1:
            return unbound[0].provider_id
        return Trace.SEVERAL if unbound else Trace.NONE
