"""The leads of one scenario, and what becomes of the messages to them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.faults.ledger import SETTLED, Standing
from tests.faults.rig import Rig
from tests.stack.scene import Lead

LOOK_SECONDS = 0.1
SHORTLY = 0.03
PATIENCE_SECONDS = 1.5
"""How long after its message is settled the part that sent it may still be busy with it."""
OUTSIDE_A_TURN = 60.0
"""Seconds; what is waited for then may meet the faults of the scenarios whose turn it is."""


class Unexpected(AssertionError):
    """What was expected and what was seen."""


class NotPossibleHere(Exception):
    """This machine does not let the fault be injected; the message says why. Told, and never counted as passed."""


@dataclass
class Correspondence:
    """Writes to leads and watches.

    Attributes:
        id: of the scenario.
        random: seeded by the run's seed and the id.
        shared: the stack that scenarios share; None for one that makes its own.
        addresses: of every lead it has written to.
    """

    id: str
    random: Random
    shared: Rig | None
    addresses: list[str] = field(default_factory=list)
    _own: Rig | None = None

    @property
    def rig(self) -> Rig:
        """The stack it works on: its own inside `own_rig`, else the shared one."""
        rig = self._own or self.shared
        assert rig is not None, "a scenario of Kind.OWN works inside `trial.own_rig()`"
        return rig

    def leads(self, number: int, sequence: str = "faults_text") -> list[Lead]:
        """Leads of its own; nobody writes to them before `start`."""
        return [self.rig.lead(sequence) for _ in range(number)]

    async def start(self, *leads: Lead) -> list[str]:
        """Have the leads written to; return the ids of their runs."""
        self.addresses += [lead.phone for lead in leads] + [lead.email for lead in leads]
        return await asyncio.gather(*(self.rig.office.start(lead.order()) for lead in leads))

    async def standing(self, lead: Lead) -> Standing | None:
        """How the first message to a lead stands; None before it is planned."""
        found = await self.rig.ledger.standings([address_of(lead)])
        return next(iter(found[address_of(lead)]), None)

    async def settled(self, *leads: Lead, states: Collection[str] = SETTLED, within: float = 30.0) -> list[Standing]:
        """Wait until the first message to each lead is in one of these states; return them in the same order.

        Raises:
            Unexpected: one is not within the time.
        """
        deadline = time.monotonic() + within
        addresses = [address_of(lead) for lead in leads]
        while True:
            found = await self.rig.ledger.standings(addresses)
            firsts = [next(iter(found[address]), None) for address in addresses]
            told = [first for first in firsts if first is not None and first.state in states]
            if len(told) == len(leads):
                return told
            if time.monotonic() > deadline:
                raise Unexpected(
                    f"expected every message to be {' or '.join(sorted(states))} within {within:.0f} s, "
                    f"saw {[first and (first.id, first.state, first.reason, *first.evidence) for first in firsts]}"
                )
            await asyncio.sleep(LOOK_SECONDS)

    async def until(self, what: str, query: str, *values: object, within: float = 20.0) -> None:
        """Wait until the one value of a query over the ledger is true. Raises Unexpected."""

        async def is_so() -> bool:
            return bool((await self.rig.ledger.rows(query, *values))[0][0])

        await self._until(what, is_so, within)

    async def until_seen(self, what: str, is_so: Callable[[], bool], within: float = 20.0) -> None:
        """Wait until something is so that the ledger does not tell. Raises Unexpected."""

        async def seen() -> bool:
            return is_so()

        await self._until(what, seen, within)

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """The requests to send an email that the provider received for an address, oldest first."""
        return self.rig.logs["email"].sends(address)

    def calls(self, of: Lead | Standing) -> list[dict[str, Any]]:
        """The requests to send that the provider received for a lead, accepted or not, oldest first."""
        channel = of.channel if isinstance(of, Standing) else channel_of(of)
        return self.rig.logs[channel].sends(of.address if isinstance(of, Standing) else address_of(of))

    def acceptances(self, of: Lead | Standing) -> int:
        """How many of them the provider has accepted."""
        return sum(call["accepted"] for call in self.calls(of))

    def expect(self, what: str, saw: object, wanted: object) -> None:
        """Check something particular. Raises Unexpected, which names all three."""
        if saw != wanted:
            raise Unexpected(f"{what}: expected {wanted!r}, saw {saw!r}")

    async def send_until(
        self, happened: Callable[[], bool], what: str, part: str, sequence: str = "faults_text", tries: int = 30
    ) -> Lead:
        """Write to one lead after the other until something has happened over one of them; return that lead.

        Args:
            happened: says whether it has.
            what: it is, for the message of the error.
            part: over whose sends it happens. A lead whom this part has claimed is given some time for it, because news
                of a message can be there long before the part that sent it is through with it.
            sequence: of the leads.
            tries: how many.

        Raises:
            Unexpected: it has not happened, and all of them are settled.
        """
        pid = f":{self.rig.stack.pid(part)}" if self.rig.stack.running(part) else ":"
        for _ in range(tries):
            (lead,) = self.leads(1, sequence)
            await self.start(lead)
            told, patience = None, PATIENCE_SECONDS
            while told is None or told.state not in SETTLED or patience > 0:
                told = await self.standing(lead)
                await asyncio.sleep(SHORTLY)
                if happened():
                    return lead
                if told is not None and told.state in SETTLED:
                    patience = patience - SHORTLY if told.workers and told.workers[-1].endswith(pid) else 0
        raise Unexpected(f"expected {what} over one of {tries} sends, saw all of them settled")

    async def _until(self, what: str, is_so: Callable[[], Awaitable[bool]], within: float) -> None:
        deadline = time.monotonic() + within
        while not await is_so():
            if time.monotonic() > deadline:
                raise Unexpected(f"expected within {within:.0f} s that {what}, saw that it is not so")
            await asyncio.sleep(LOOK_SECONDS)


def channel_of(lead: Lead) -> str:
    return "email" if lead.sequence.endswith("mail") else "sms"


def address_of(lead: Lead) -> str:
    return lead.email if channel_of(lead) == "email" else lead.phone
