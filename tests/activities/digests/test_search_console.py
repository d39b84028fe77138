"""The real client against the stand-in: late, partial, revised, refused."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from activities.providers.search_console import SearchConsole
from models.digests.caveats import CaveatCode
from models.digests.figures import Period
from models.digests.sources import AskedPeriod, Reading, SourceName
from models.errors import AccessLost, SourceRefusal, TryAgain
from tests.activities.digests.accounts import SITE, connection, days, google, property_has
from tests.standins.program import Program, running

OCTOBER = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))
ASKED = AskedPeriod(period=OCTOBER, zone="America/Denver")
MINE = connection(SourceName.SEARCH_CONSOLE)


@pytest.fixture
async def standin(tmp_path: Path) -> AsyncIterator[Program]:
    async with running("search_console", tmp_path) as program:
        queries = [["water heater", 60], ["plumber near me", 40]]
        whole = days(OCTOBER.first, OCTOBER.last)
        await property_has(program, refresh_token="first", days=whole, final_through="2026-10-31", queries=queries)
        yield program


def read(standin: Program) -> Reading:
    client = SearchConsole(google(standin))
    return client.read(client.authorise(MINE), MINE, ASKED)


def value(reading: Reading, key: str) -> Decimal:
    return next(figure.value for figure in reading.figures if figure.key == key)


async def test_a_finished_month_is_read_as_totals_with_what_google_hides_said(standin: Program) -> None:
    reading = read(standin)

    assert value(reading, "search_clicks") == 310
    assert value(reading, "search_impressions") == 6200
    assert value(reading, "search_click_rate") == Decimal("5.00")
    assert value(reading, "search_queries") == 2
    assert reading.complete_through == OCTOBER.last
    assert [caveat.code for caveat in reading.caveats] == [CaveatCode.GSC_ANON_QUERIES]
    assert {figure.source for figure in reading.figures} == {"search_console"}


async def test_days_that_google_still_counts_are_left_out_and_the_last_whole_day_is_named(standin: Program) -> None:
    await property_has(standin, final_through="2026-10-28")
    reading = read(standin)

    assert reading.complete_through == date(2026, 10, 28)
    assert value(reading, "search_clicks") == 280
    assert {figure.period.last for figure in reading.figures} == {date(2026, 10, 28)}


async def test_nothing_of_the_period_is_final_yet(standin: Program) -> None:
    await property_has(standin, final_through="2026-09-30")
    reading = read(standin)

    assert reading.figures == ()
    assert reading.complete_through == date(2026, 9, 30)


async def test_a_day_without_any_search_does_not_make_an_old_month_incomplete(standin: Program) -> None:
    await property_has(standin, days=days(OCTOBER.first, date(2026, 10, 29)))
    assert read(standin).complete_through == OCTOBER.last


async def test_a_period_that_ended_yesterday_is_complete_only_as_far_as_there_are_days(standin: Program) -> None:
    last = datetime.now(UTC).date() - timedelta(days=1)
    period = Period(first=last - timedelta(days=6), last=last)
    known = last - timedelta(days=2)
    await property_has(standin, days=days(period.first, known), final_through=known.isoformat())
    client = SearchConsole(google(standin))

    reading = client.read(client.authorise(MINE), MINE, AskedPeriod(period=period, zone="America/Denver"))

    assert reading.complete_through == known


async def test_what_google_revises_is_read_anew(standin: Program) -> None:
    before = read(standin)
    await property_has(standin, days=days(OCTOBER.first, OCTOBER.last, clicks=11))

    assert value(before, "search_clicks") == 310
    assert value(read(standin), "search_clicks") == 341


async def test_searches_are_counted_over_pages(standin: Program) -> None:
    await property_has(standin, queries=[[f"search {n}", 1] for n in range(25_001)])
    assert value(read(standin), "search_queries") == 25_001


async def test_access_that_was_taken_away_is_lost_at_once(standin: Program) -> None:
    await standin.control.delete(f"/properties/{SITE}/access")
    with pytest.raises(AccessLost, match="invalid_grant"):
        read(standin)


@pytest.mark.parametrize(
    ("fault", "params", "error"),
    [
        ("rate_limit", {"retry_after": 7}, TryAgain),
        ("error_before", {"status": 503}, TryAgain),
        ("refuse", {"status": 403, "code": "quotaExceeded"}, TryAgain),
        ("refuse", {"status": 403, "code": "forbidden"}, AccessLost),
        ("refuse", {"status": 401}, AccessLost),
        ("refuse", {"status": 400, "code": "invalidParameter"}, SourceRefusal),
        ("reset_before", {}, TryAgain),
        ("garbage", {}, TryAgain),
        ("half_answer", {}, TryAgain),
    ],
)
async def test_a_refusal_means_what_it_says(
    standin: Program, fault: str, params: dict[str, object], error: type[Exception]
) -> None:
    await standin.spoil(fault, SITE, params=params, operation="query")
    with pytest.raises(error) as raised:
        read(standin)
    if isinstance(raised.value, TryAgain) and fault == "rate_limit":
        assert raised.value.after == timedelta(seconds=7)
    assert SITE not in str(raised.value)
