"""One sending rule: dated, sourced, never changed. A new rule supersedes it; a named person may override it for a client."""

from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from pydantic import ValidationError, model_validator

from models.frozen import Frozen
from models.rule_terms import CapTerms, HolidayTerms, HoursTerms, PriorityTerms, Terms
from models.terms import Channel


class RuleKind(StrEnum):
    """What a rule is about."""

    HOURS = "hours"
    HOLIDAYS = "holidays"
    CAP = "cap"
    PRIORITY = "priority"


class Jurisdiction(StrEnum):
    """Whose rule it is."""

    FEDERAL = "federal"
    STATE = "state"
    AGENCY = "agency"
    CLIENT = "client"


class Reach(StrEnum):
    """Which messages a rule holds for."""

    EVERYTHING = "everything"
    FOLLOW_UP = "follow_up"
    """All but the immediate answer to somebody who has just called or written."""
    PROMOTIONAL = "promotional"


UNKNOWN_PLACE = "unknown"
"""The place of a rule that holds where nothing tells where the recipient is."""
_TERMS: dict[RuleKind, type[Terms]] = {
    RuleKind.HOURS: HoursTerms,
    RuleKind.HOLIDAYS: HolidayTerms,
    RuleKind.CAP: CapTerms,
    RuleKind.PRIORITY: PriorityTerms,
}


class SendingRule(Frozen):
    """A rule as it is stored."""

    id: int
    key: str | None = None
    """Of a rule that ships with the project; None for one that was entered."""
    kind: RuleKind
    jurisdiction: Jurisdiction
    place: str = ""
    """ISO 3166: `US`, `US-FL`, `CA`; `unknown`; empty if it holds everywhere."""
    client_id: UUID | None = None
    channel: Channel | None = None
    """None: every channel."""
    reach: Reach = Reach.EVERYTHING
    value: dict[str, Any]
    valid_from: date
    """The first local date on which it holds."""
    valid_until: date | None = None
    """The last one; None if no end is known."""
    source: str
    """The law, page or person it comes from."""
    verified_on: date | None = None
    """When the source was last looked at."""
    note: str = ""
    supersedes: int | None = None
    """The rule that it replaces while it is in force."""
    overrides: int | None = None
    """The rule that it replaces for its client only, although it may be wider."""
    reason: str = ""
    """Why somebody overrides, or withdraws, a rule."""
    entered_by: str
    entered_at: datetime | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.value:
            parsed(self.kind, self.value)
        elif self.supersedes is None:
            raise ValueError("a rule without a value only withdraws another one; name it in supersedes")
        if (self.jurisdiction is Jurisdiction.CLIENT) != (self.client_id is not None):
            raise ValueError("a client's rule names its client, and no other rule does")
        if self.overrides is not None and (self.client_id is None or not self.reason):
            raise ValueError("an override is for one client, with a reason")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self

    @cached_property
    def terms(self) -> Terms | None:
        """What it says; None if it only withdraws the rule it supersedes."""
        return parsed(self.kind, self.value) if self.value else None

    def is_dated(self, day: date) -> bool:
        """Return whether it holds on a local date, unless another one replaces it."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def is_for(self, places: tuple[str, ...]) -> bool:
        """Return whether it may hold for somebody in one of these places (ISO 3166-2; none if nothing tells)."""
        if not self.place:
            return True
        if not places:
            return self.place in (UNKNOWN_PLACE, "US")
        return any(place == self.place or place.startswith(f"{self.place}-") for place in places)


def parsed(kind: RuleKind, value: dict[str, Any]) -> Terms:
    """Return what a stored value says. Raises ValueError, in words that name the field."""
    try:
        return _TERMS[kind].model_validate(value)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        where = ".".join(str(part) for part in first["loc"][:1])
        said = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{where}: {said}" if where else said) from None
