"""Reading reviews through the real client, whatever Google answers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from activities.providers.google_business import GoogleBusiness
from activities.reading_reviews import ReviewReader
from models.database.engine import transaction
from models.database.review_requests.reading import ReadReviews
from models.database.tables.review_requests import ReviewLocation
from models.google_business import GoogleBusinessSettings
from models.review_requests.observing import AccessLost, SourceUnavailable
from tests.database.fit_to_send import make_fit_to_send
from tests.review_desk import NAME, ReviewDesk
from tests.standins.conftest import google_options
from tests.standins.program import Program, running

PLACE = "accounts/1/locations/2"
QUICK = timedelta(seconds=1)


@pytest.fixture(scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with running("google_business", tmp_path_factory.mktemp("google"), *google_options()) as running_program:
        yield running_program


@pytest.fixture
async def google(program: Program) -> AsyncIterator[Program]:
    yield program
    await program.control.delete("/faults")
    await program.control.put("/access", json={"refresh": True, "location": PLACE, "managed": True})


def client(google: Program, secret: str = "the-secret", refresh: str = "the-refresh") -> GoogleBusiness:
    return GoogleBusiness(
        GoogleBusinessSettings(
            base_url=google.base_url,
            token_url=f"{google.base_url}/token",
            client_id="the-client",
            client_secret=SecretStr(secret),
            refresh_token=SecretStr(refresh),
            request_timeout=QUICK,
        )
    )


async def leave(google: Program, location: str = PLACE, **review: Any) -> str:
    answer = await google.control.post("/reviews", json={"location": location} | review)
    return str(answer.json()["id"])


async def test_every_page_is_read_and_then_only_what_has_changed(google: Program) -> None:
    place = "accounts/1/locations/120"
    for number in range(120):
        await leave(
            google, place, reviewer=f"R{number}", created_at=f"2026-10-01T10:{number // 60:02}:{number % 60:02}Z"
        )
    reader, before = client(google), len(await google.log("list_reviews"))

    found = reader.changed_since(place, None)
    assert (len(found), len({review.review_id for review in found})) == (120, 120)
    assert len(await google.log("list_reviews")) == before + 3
    newest = max(review.updated_at for review in found)
    assert len(reader.changed_since(place, newest)) == 1
    assert len(await google.log("list_reviews")) == before + 4


async def test_what_a_review_holds_is_kept_as_far_as_it_is_needed(google: Program) -> None:
    place = "accounts/1/locations/3"
    await leave(google, place, reviewer="Ana", stars=2, comment="Too late", created_at="2026-11-01T10:00:00.123Z")
    await leave(google, place, anonymous=True, created_at="2026-11-02T10:00:00Z")

    anonymous, ana = client(google).changed_since(place, None)
    assert (ana.reviewer, ana.stars, ana.created_at) == ("Ana", 2, datetime(2026, 11, 1, 10, 0, 0, 123000, UTC))
    assert anonymous.reviewer == ""
    assert "Too late" not in ana.model_dump_json()


async def test_one_token_serves_many_reads_and_is_renewed_when_it_ends_early(google: Program) -> None:
    await leave(google)
    reader, before = client(google), len(await google.log("refresh_token"))
    reader.changed_since(PLACE, None)
    reader.changed_since(PLACE, None)
    assert len(await google.log("refresh_token")) == before + 1
    await google.control.put("/access", json={"expire": True})
    reader.changed_since(PLACE, None)

    assert len(await google.log("refresh_token")) == before + 2


@pytest.mark.parametrize(
    ("access", "code"),
    [
        ({"refresh": False, "expire": True}, "refresh_token_refused"),
        ({"location": PLACE, "managed": False}, "access_denied"),
    ],
)
async def test_access_that_was_taken_away_is_no_outage(google: Program, access: dict[str, Any], code: str) -> None:
    await leave(google)
    await google.control.put("/access", json=access)

    with pytest.raises(AccessLost) as lost:
        client(google).changed_since(PLACE, None)
    assert lost.value.code == code


async def test_a_location_that_is_not_there_needs_a_person(google: Program) -> None:
    with pytest.raises(AccessLost, match="no_such_location"):
        client(google).changed_since("accounts/1/locations/404", None)


async def test_a_token_that_is_refused_at_once_is_not_renewed_for_ever(google: Program) -> None:
    await leave(google)
    await google.spoil("refuse", operation="list_reviews", params={"status": 401})

    with pytest.raises(AccessLost, match="access_denied"):
        client(google).changed_since(PLACE, None)
    assert await google.fired() == [2]


@pytest.mark.parametrize(
    ("fault", "params", "code", "after"),
    [
        ("rate_limit", {"retry_after": 7}, "rate_limited", timedelta(seconds=7)),
        ("refuse", {"status": 403, "code": "RESOURCE_EXHAUSTED"}, "rate_limited", timedelta(minutes=1)),
        ("error_before", {"status": 503}, "status_503", None),
        ("garbage", {}, "unreadable_answer", None),
        ("half_answer", {}, "RemoteProtocolError", None),
        ("reset_before", {}, "ReadError", None),
        ("accept_then_hang", {"seconds": 2}, "ReadTimeout", None),
        ("redirect", {}, "status_307", None),
    ],
)
async def test_an_outage_is_told_by_a_code(
    google: Program, fault: str, params: dict[str, Any], code: str, after: timedelta | None
) -> None:
    await leave(google)
    await google.spoil(fault, operation="list_reviews", params=params, times=1)

    with pytest.raises(SourceUnavailable) as away:
        client(google).changed_since(PLACE, None)
    assert not isinstance(away.value, AccessLost)
    assert (away.value.code, away.value.after) == (code, after)


async def test_a_round_reads_what_is_due_and_ascribes_it(google: Program, engine: Any) -> None:
    make_fit_to_send(engine)
    desk = ReviewDesk(engine)
    desk.furnish(google_name="accounts/1/locations/9")
    desk.report()
    desk.sent(desk.run_id)
    reader = ReviewReader(ReadReviews(engine, timedelta(hours=1), timedelta(minutes=5)), client(google))
    assert reader.sweep() == 0  # there is no such location yet
    assert desk.value("SELECT read_problem FROM review_location") == "no_such_location"
    await leave(google, "accounts/1/locations/9", reviewer=NAME, stars=1)
    with transaction(engine) as session:
        session.get_one(ReviewLocation, desk.location_id).read_again_at = None

    assert (reader.sweep(), reader.sweep()) == (1, 0)
    assert desk.value("SELECT match_confidence FROM review_observed WHERE run_id = :run") == "medium"
    assert desk.value("SELECT count(*) FROM outbox WHERE run_id = :run") == 1
