"""Looking up what became of calls whose outcome is unknown. Runs beside the worker; it never sends."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from activities.ports import Doubts, SentList
from models.errors import TryAgain
from models.reconciling import BEFORE_CLAIM, Doubt, candidates


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
            try:
                ids = self._matching(doubt)
            except TryAgain:
                given += doubt.is_overdue and self._doubts.not_found(doubt, 0)
                continue
            if len(ids) == 1:
                self._doubts.found(doubt, ids[0])
                found += 1
            else:
                given += self._doubts.not_found(doubt, len(ids))
        return Swept(leases_over, found, given)

    def _matching(self, doubt: Doubt) -> list[str]:
        listing = self._lists.get(doubt.provider)
        if listing is None:
            return []
        since: datetime = doubt.claimed_at - BEFORE_CLAIM
        likely = candidates(doubt, listing.sent_to(doubt.address, since))
        return [one.provider_id for one in self._doubts.unbound(doubt.provider, likely)]
