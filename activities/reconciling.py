"""Looking up what became of calls whose outcome is unknown. Runs beside the worker; it never sends."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from activities.lookup_budget import LookupBudget
from activities.ports import Doubts, SentList
from models.errors import TryAgain
from models.reconciling import BEFORE_CLAIM, Doubt, Look, Trace

UNREAD = Look(Trace.NO_ANSWER)
Watch = Callable[[str], AbstractContextManager[object]]
"""Gives what is done inside its block a span of this name."""


class Swept(NamedTuple):
    """What one sweep did, counted in doubts.

    Leases that were over; resolved by a list; given to a person; put off because the budget was used up; settled after
    two people had asked for the message to be sent again.
    """

    leases_over: int = 0
    found: int = 0
    given_to_person: int = 0
    put_off: int = 0
    settled: int = 0


class Reconciler:
    """Asks the providers that can be asked; for the others evidence comes as events, or a person decides.

    Args:
        doubts: what is unknown.
        lists: providers that list what they have accepted, by name.
        budget: how often they may be asked; None is without limit.
        watch: traces a look-up.
    """

    def __init__(
        self,
        doubts: Doubts,
        lists: Mapping[str, SentList],
        budget: LookupBudget | None = None,
        watch: Watch = lambda _: nullcontext(),
    ) -> None:
        self._doubts = doubts
        self._lists = lists
        self._budget = budget
        self._watch = watch

    def sweep(self) -> Swept:
        """End leases, look up what is due. Safe to repeat and to run in several processes at once."""
        leases_over = self._doubts.end_leases()
        self._doubts.tidy()
        found = given = settled = 0
        put_off: list[Doubt] = []
        for doubt, look in self._looks([*self._doubts.confirmed(), *self._doubts.due()]):
            if look is None and not doubt.is_overdue:
                put_off.append(doubt)
            elif doubt.confirmed_at is not None:
                settled += self._settle(doubt, look or UNREAD)
            elif look is not None and look.seen is Trace.FOUND:
                self._doubts.found(doubt, look.candidates[0].provider_id)
                found += 1
            elif doubt.is_overdue or look is not None and look.seen is not Trace.NO_ANSWER:
                given += self._doubts.not_found(doubt, look or UNREAD)
        self._doubts.put_back(put_off)
        if self._budget is not None:
            self._budget.note(len(put_off))
        return Swept(leases_over, found, given, len(put_off), settled)

    def _settle(self, doubt: Doubt, look: Look) -> bool:
        """Settle a wish to send again; a list that cannot be read is asked again for a while."""
        if look.seen is Trace.NO_ANSWER and not doubt.is_overdue:
            return False
        return self._doubts.settle_resend(doubt, look)

    def _looks(self, doubts: Iterable[Doubt]) -> Iterator[tuple[Doubt, Look | None]]:
        """Look up each doubt, those of one address by one call; None for what must wait for the budget."""
        together: dict[tuple[str, str], list[Doubt]] = defaultdict(list)
        for doubt in doubts:
            together[doubt.provider, doubt.address].append(doubt)
        for (provider, address), same in together.items():
            listing = self._lists.get(provider)
            if listing is None:
                yield from ((doubt, self._doubts.look_at_events(doubt)) for doubt in same)
            elif self._budget is not None and not self._budget.take():
                yield from ((doubt, None) for doubt in same)
            else:
                yield from self._look_up(listing, provider, address, same)

    def _look_up(
        self, listing: SentList, provider: str, address: str, same: list[Doubt]
    ) -> Iterator[tuple[Doubt, Look]]:
        since = min(doubt.claimed_at for doubt in same) - BEFORE_CLAIM
        try:
            with self._watch(f"LookUp {provider}"):
                listed = list(listing.sent_to(address, since))
        except TryAgain as error:
            if error.after is not None and self._budget is not None:
                self._budget.rest(error.after.total_seconds())
            yield from ((doubt, UNREAD) for doubt in same)
            return
        # One by one: what is bound to the first is no candidate for the second.
        yield from ((doubt, self._doubts.compare(doubt, listed)) for doubt in same)
