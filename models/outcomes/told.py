"""What somebody says became of a lead: booked with evidence and value, lost for a reason, or open again."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.errors import CommsError
from models.terms import LostReason


class LeadOutcome(StrEnum):
    """What became of a lead. `OPEN` takes an earlier booking or loss back."""

    BOOKED = "booked"
    LOST = "lost"
    OPEN = "open"


class ValueBasis(StrEnum):
    """What the figure of a booking is. They are never added up across bases."""

    QUOTED = "quoted"
    INVOICED = "invoiced"
    PAID = "paid"


class EvidenceKind(StrEnum):
    """Where it can be looked up."""

    CRM_DEAL = "crm_deal"
    INVOICE = "invoice"
    JOB = "job"
    CALENDAR = "calendar"
    STAFF = "staff"


class UnusableOutcome(CommsError):
    """It cannot be read, or says half of something. The message holds no values."""


_CURRENCY = re.compile(r"[A-Z]{3}")
MOST_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class Value:
    """Money: `minor` units of an ISO 4217 currency, such as cents, and on which basis it is known."""

    basis: ValueBasis
    currency: str
    minor: int

    def __post_init__(self) -> None:
        if not _CURRENCY.fullmatch(self.currency):
            raise UnusableOutcome("the currency must be three capital letters (ISO 4217)")
        if not 0 <= self.minor <= MOST_MINOR:
            raise UnusableOutcome("the amount must be at least 0, in minor units")


@dataclass(frozen=True, slots=True)
class ToldOutcome:
    """One statement.

    `at` is when it became so, by whoever says it (aware); of several statements the one with the latest `at` counts.
    """

    outcome: LeadOutcome
    at: datetime
    evidence_kind: EvidenceKind
    evidence_id: str
    value: Value | None = None
    lost_reason: LostReason | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise UnusableOutcome("the moment must have an offset")
        if not self.evidence_id:
            raise UnusableOutcome("an outcome needs the id of its evidence")
        if (self.outcome is LeadOutcome.LOST) is not (self.lost_reason is not None):
            raise UnusableOutcome("a reason belongs to what is lost, and to nothing else")
        if self.value is not None and self.outcome is not LeadOutcome.BOOKED:
            raise UnusableOutcome("a value belongs to what is booked, and to nothing else")

    @property
    def disposition(self) -> str | None:
        """How the lead is labelled; None leaves the label to what its runs and replies say."""
        if self.outcome is LeadOutcome.LOST:
            return f"lost:{self.lost_reason}"
        return LeadOutcome.BOOKED.value if self.outcome is LeadOutcome.BOOKED else None


def contradicts(one: ToldOutcome, other: ToldOutcome) -> str | None:
    """Return how the statements of two sources contradict each other, or None.

    Only different sources can: one that says something else later has changed its mind.
    """
    if LeadOutcome.OPEN in (one.outcome, other.outcome):
        return None
    if one.outcome is not other.outcome:
        return "one says booked, the other lost"
    if one.value and other.value and one.value.basis is other.value.basis and one.value != other.value:
        return f"they name different amounts {one.value.basis}"
    return None
