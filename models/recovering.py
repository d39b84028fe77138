"""Comparing a ledger that may have lost rows with what a provider lists. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.reconciling import Doubt, Listed, candidates


@dataclass(frozen=True, slots=True)
class Recorded:
    """One message that a provider has accepted from us, and what became of it in the provider's own words."""

    listed: Listed
    status: str
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One inquiry at the providers that was asked for.

    Args:
        id: of the inquiry.
        since: from when on the ledger is to be compared; of a reconciliation, from when on rows may be missing.
        is_compared: of a reconciliation, the ledger has been compared; what remains is to read what came in.
    """

    id: UUID
    since: datetime
    is_compared: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which of a provider's messages are which of ours, and which nobody can assign."""

    bound: tuple[tuple[Doubt, Recorded], ...]
    foreign: tuple[Recorded, ...]


def pair(unbound: Iterable[Recorded], unfinished: Sequence[Doubt]) -> Pairing:
    """Return what can be told without guessing: one listed message, one of ours, and neither fits another.

    Args:
        unbound: listed messages that no row is bound to.
        unfinished: our messages that may have left since the rows were saved. `claimed_at` is when each was planned and
            `lease_until` is now: between the two it may have been sent.
    """
    recorded = {one.listed.provider_id: one for one in unbound}
    to_address: dict[str, list[Listed]] = defaultdict(list)
    for one in recorded.values():
        to_address[one.listed.to].append(one.listed)
    fits_of = {row.message_id: candidates(row, to_address[row.address]) for row in unfinished}
    rows_of: dict[str, list[Doubt]] = defaultdict(list)
    for row in unfinished:
        for listed in fits_of[row.message_id]:
            rows_of[listed.provider_id].append(row)
    bound = {
        provider_id: rows[0]
        for provider_id, rows in rows_of.items()
        if len(rows) == 1 and len(fits_of[rows[0].message_id]) == 1
    }
    return Pairing(
        tuple((row, recorded[provider_id]) for provider_id, row in bound.items()),
        tuple(one for provider_id, one in recorded.items() if provider_id not in bound),
    )
