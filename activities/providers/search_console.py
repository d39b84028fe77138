"""Google Search Console, Search Analytics API.

https://developers.google.com/webmaster-tools/v1/searchanalytics/query: dates are in Pacific time; without `dataState` only
final data come; with `all` and the dimension `date` the metadata name the first day that may still change. Days and
searches without data are left out, and rare searches are hidden, so the searches listed add up to less than the total.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from activities.providers.source_calls import SourceCalls
from models.digests.caveats import Caveat, CaveatCode
from models.digests.figures import Figure, Period, Unit
from models.digests.sources import USUAL_LAG, Access, AskedPeriod, Connection, Reading, SourceName
from models.errors import TryAgain
from models.provider_settings import SearchConsoleSettings

PAGE = 25_000
"""Rows of one answer at most."""
MOST_ROWS = 50_000
"""Rows that Google gives per day and search type at most."""
PACIFIC = ZoneInfo("America/Los_Angeles")
_LOST = frozenset({"authError", "insufficientPermissions", "forbidden", "PERMISSION_DENIED", "UNAUTHENTICATED"})
_PASSING = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "RESOURCE_EXHAUSTED"}
)


class SearchConsole:
    """Reads properties.

    Args:
        settings: our OAuth client and where Google is.
    """

    def __init__(self, settings: SearchConsoleSettings) -> None:
        self._settings = settings
        self._calls = SourceCalls("Search Console", settings.request_timeout, _code, _LOST, _PASSING)

    def authorise(self, connection: Connection) -> Access:
        """Return access to a property. Raises AccessLost, SourceRefusal, TryAgain."""
        secret = self._settings.client_secret.get_secret_value()
        form = {"client_id": self._settings.client_id, "client_secret": secret}
        return self._calls.exchange(self._settings.token_url, connection.refresh_token, form, None)

    def read(self, access: Access, connection: Connection, asked: AskedPeriod) -> Reading:
        """Return what is known of a period, whose days are taken as Google's; figures are of the days that are complete.

        Raises AccessLost, SourceRefusal, TryAgain.
        """
        period, now = asked.period, datetime.now(UTC)
        days = self._query(access, connection, period, dimensions=["date"], dataState="all")
        complete = _complete_through(days, period, now)
        final = Period(first=period.first, last=min(period.last, complete)) if complete >= period.first else None
        if final is None:
            return Reading(figures=(), complete_through=complete, synced_at=now, covered_days=0)
        total = next(iter(_rows(self._query(access, connection, final, dataState="final"))), {})
        listed = sum(1 for _ in self._all_rows(access, connection, final, "query"))
        figures = _figures(total, listed, final, now)
        caveats = (Caveat(code=CaveatCode.GSC_ANON_QUERIES),) if total and listed else ()
        return Reading(figures=figures, complete_through=complete, caveats=caveats, synced_at=now)

    def _all_rows(self, access: Access, connection: Connection, period: Period, by: str) -> Iterator[Mapping[str, Any]]:
        for start in range(0, MOST_ROWS, PAGE):
            page = {"dimensions": [by], "rowLimit": PAGE, "startRow": start, "dataState": "final"}
            rows = _rows(self._query(access, connection, period, **page))
            yield from rows
            if len(rows) < PAGE:
                return

    def _query(self, access: Access, connection: Connection, period: Period, **asked: Any) -> Mapping[str, Any]:
        site = quote(connection.account, safe="")
        url = f"{self._settings.base_url}/webmasters/v3/sites/{site}/searchAnalytics/query"
        body = {"startDate": period.first.isoformat(), "endDate": period.last.isoformat(), "type": "web", **asked}
        return self._calls.call(access, "POST", url, json=body)


def _complete_through(answer: Mapping[str, Any], period: Period, now: datetime) -> date:
    """Return the last day of which all is known, at most the last of the period.

    Google names the first unfinished day only if there is one. Days of which it has nothing yet are missing altogether, so
    a period that ended within the usual lag is complete at most up to its last day with data.
    """
    metadata = answer.get("metadata") or {}
    unfinished = metadata.get("first_incomplete_date") or metadata.get("firstIncompleteDate")
    if unfinished:
        return min(_day(unfinished) - timedelta(days=1), period.last)
    if now.astimezone(PACIFIC).date() > period.last + USUAL_LAG[SourceName.SEARCH_CONSOLE]:
        return period.last
    days = [_day(row["keys"][0]) for row in _rows(answer)]
    return max(days, default=period.first - timedelta(days=1))


def _figures(total: Mapping[str, Any], listed: int, period: Period, now: datetime) -> tuple[Figure, ...]:
    shares = (
        ("search_clicks", "Clicks from Google search", total.get("clicks", 0), Unit.COUNT),
        ("search_impressions", "Times shown in Google search", total.get("impressions", 0), Unit.COUNT),
        ("search_queries", "Different searches listed", listed, Unit.COUNT),
        ("search_click_rate", "Share of showings that were clicked", _number(total.get("ctr", 0)) * 100, Unit.PERCENT),
        ("search_position", "Average position", total.get("position"), Unit.POSITION),
    )
    return tuple(
        Figure(
            key=key,
            label=label,
            value=_number(value),
            unit=unit,
            source=SourceName.SEARCH_CONSOLE,
            period=period,
            as_of=now,
        )
        for key, label, value, unit in shares
        if value is not None
    )


def _rows(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = answer.get("rows", [])
    if not isinstance(rows, list):
        raise TryAgain("Search Console: unreadable answer")
    return rows


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _day(written: Any) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise TryAgain("Search Console: unreadable date") from None


def _code(body: Mapping[str, Any]) -> str:
    error = body.get("error")
    if not isinstance(error, dict):
        return ""
    reasons = [str(one.get("reason", "")) for one in error.get("errors", []) if isinstance(one, dict)]
    return next((reason for reason in reasons if reason), str(error.get("status", "")))
