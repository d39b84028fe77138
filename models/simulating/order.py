"""What is to be simulated: which sequence, for whom, from when on, and what happens meanwhile."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from models.failure_classes import FailureClass
from models.frozen import Frozen
from models.simulating.spans import in_words, span
from models.terms import LeadSource

LONGEST = timedelta(days=400)


def _as_span(given: Any) -> Any:
    return span(given) if isinstance(given, str) and not given.lstrip("+-").startswith("P") else given


def _as_zone(name: str) -> str:
    if name and name not in available_timezones():
        raise ValueError(f"there is no time zone {name!r}; use a name such as America/Denver")
    return name


def _bounded(lasts: timedelta) -> timedelta:
    if not timedelta(0) <= lasts <= LONGEST:
        raise ValueError(f"a simulation looks at most {LONGEST.days} days ahead")
    return lasts


Zone = Annotated[str, AfterValidator(_as_zone)]
"""An IANA name, or empty."""
Span = Annotated[timedelta, BeforeValidator(_as_span), AfterValidator(_bounded)]
"""`2d 3h` as people write it, or ISO 8601."""


class Occurrence(StrEnum):
    """What may happen to a run from outside."""

    REPLY = "reply"
    OPT_OUT = "opt_out"
    DELIVERY_FAILURE = "delivery_failure"
    APPROVE = "approve"
    REJECT = "reject"
    PAUSE = "pause"
    STOP = "stop"


class ChosenEvent(Frozen):
    """One thing that happens, so long after the start or at a moment."""

    kind: Occurrence
    after: Span | None = None
    at: datetime | None = None
    """With its offset; else as `after` says."""
    says: str = Field("", max_length=1600)
    """The words of a reply; why a delivery fails (a `FailureClass`)."""
    lasts: Span | None = None
    """How long a pause holds; without it, to the end."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.after is None) == (self.at is None):
            raise ValueError(f"{self.kind}: say when, either `after` the start or `at` a moment")
        if self.at is not None and self.at.utcoffset() is None:
            raise ValueError(f"{self.kind}: `at` needs an offset, such as 2027-03-14T10:00-06:00")
        if self.kind is Occurrence.REPLY and not self.says.strip():
            raise ValueError("reply: say what is answered")
        if self.kind is Occurrence.DELIVERY_FAILURE and self.says not in set(FailureClass):
            raise ValueError(f"delivery_failure: say why, one of {', '.join(FailureClass)}")
        return self

    @property
    def in_words(self) -> str:
        """What it is, and when, such as `reply after 2 d 3 h`."""
        when = (
            f"at {self.at:%d %b %H:%M %Z}" if self.at is not None else f"after {in_words(self.after or timedelta(0))}"
        )
        return f"{self.kind.replace('_', ' ')} {when}"

    def moment(self, start: datetime) -> datetime:
        """Return when it happens."""
        return self.at if self.at is not None else start + (self.after or timedelta(0))


class SimulatedLead(Frozen):
    """Somebody made up. Where they may be follows from number, postal code, zone and client, as for a real lead."""

    source: LeadSource = LeadSource.WEB_FORM
    first_name: str = "Alex"
    phone: str = "+1 800 555 0142"
    """A number that says nothing about a place."""
    email: str = "alex@example.com"
    postal_code: str = ""
    time_zone: Zone = ""
    """Empty if nothing tells."""
    service_type: str = ""
    has_permitted: bool = True
    """Whether they have permitted what the texts need; else only what their source says."""


class SimulationOrder(Frozen):
    """One simulation."""

    sequence: str
    version: int | None = None
    """The newest if None."""
    start: datetime
    """When the lead comes in. Without an offset it is told in the client's zone."""
    lasts: Span = timedelta(days=30)
    client: str | None = None
    """Its key; None with `lead_id`, whose client it is, or with a library."""
    client_zone: Zone = "America/New_York"
    """Of the made-up client that goes with a library."""
    lead_id: UUID | None = None
    lead: SimulatedLead = SimulatedLead()
    library: str | None = None
    """A file with templates and sequences, or `shipped`; None takes what the database has."""
    as_approved: bool = True
    """Whether templates count as approved that are not yet."""
    agency_zone: Zone = "UTC"
    events: tuple[ChosenEvent, ...] = ()
    as_happened_to: UUID | None = None
    """A run of the database: what happened to it happens here too."""

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.library is None and self.client is None and self.lead_id is None:
            raise ValueError("say for whom: a client, a lead of the database, or a library with a made-up client")
        if self.library is not None and (self.lead_id or self.as_happened_to):
            raise ValueError(
                "a lead or a run of the database goes with the database's own sequences; leave the library out"
            )
        return self
