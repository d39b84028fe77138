"""Where the figures of a report come from, and what one reading of a source gives."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.digests.caveats import Caveat
from models.digests.figures import Figure, Period
from models.frozen import Frozen


class SourceName(StrEnum):
    """The sources there are. Stored, so the values never change meaning."""

    SEARCH_CONSOLE = "search_console"
    QUICKBOOKS = "quickbooks"
    OWN = "own"
    """Our own rows: leads, calls, messages, booked outcomes."""


CONNECTABLE = frozenset({SourceName.SEARCH_CONSOLE, SourceName.QUICKBOOKS})
"""Sources that a client has to give access to."""

IN_WORDS = {
    SourceName.SEARCH_CONSOLE: "Google Search Console",
    SourceName.QUICKBOOKS: "QuickBooks",
    SourceName.OWN: "Leads and messages",
}

USUAL_LAG = {
    SourceName.SEARCH_CONSOLE: timedelta(days=3),
    SourceName.QUICKBOOKS: timedelta(days=1),
    SourceName.OWN: timedelta(0),
}
"""How far a source may be behind without anything being wrong. Google: final data take two to three days,
https://developers.google.com/webmaster-tools/v1/searchanalytics/query (`dataState`)."""


class Trouble(StrEnum):
    """Why a source was not read."""

    AWAY = "away"
    """It did not answer, or asked to come back later."""
    LOST = "lost"
    """It no longer lets us read the account."""
    REFUSED = "refused"
    """It will not answer this question, however often it is asked."""


class Connection(Frozen):
    """One account at a source. Holds a secret: it stays in the worker's memory and never travels."""

    id: UUID
    client_id: UUID
    source: SourceName
    location: str
    """Which place of the client it covers; empty for all of them."""
    account: str
    """The property (`sc-domain:acme.example`) or the company (QuickBooks realm id)."""
    refresh_token: str


class Access(Frozen):
    """The right to read for about an hour. Holds secrets, as `Connection` does."""

    token: str
    refresh_token: str
    """The one to use next time: Intuit changes it now and then, and the old one ends."""


class Reading(Frozen):
    """What a source says of one period."""

    figures: tuple[Figure, ...]
    complete_through: date | None
    """The last day for which it gave everything it will give; None if there is no such day."""
    covered_days: int | None = None
    """Days of the period for which it gave anything; None if it cannot tell."""
    caveats: tuple[Caveat, ...] = ()
    synced_at: datetime
    """When it was read; aware."""


class AskedPeriod(Frozen):
    """What to read: whole days, and the zone in whose midnight they begin."""

    period: Period
    zone: str
