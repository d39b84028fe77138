from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.zones import whereabouts

DENVER = "America/Denver"


@pytest.mark.parametrize(
    ("phone", "state", "zones", "places"),
    [
        ("+13035550123", None, {DENVER}, {"US-CO"}),
        ("+12125550123", None, {DENVER, "America/New_York"}, {"US-NY"}),
        ("+18505550123", None, {DENVER, "America/New_York", "America/Chicago"}, {"US-FL"}),
        ("+12705550123", None, {DENVER, "America/New_York", "America/Chicago"}, {"US-KY"}),
        ("+12085550123", None, {DENVER, "America/Boise", "America/Los_Angeles"}, {"US-ID"}),
        (None, "FL", {DENVER, "America/New_York", "America/Chicago"}, {"US-FL"}),
        (None, " ca ", {DENVER, "America/Los_Angeles"}, {"US-CA"}),
        ("+12125550123", "CA", {DENVER, "America/New_York", "America/Los_Angeles"}, {"US-CA", "US-NY"}),
        ("+18005550123", "CA", {DENVER, "America/Los_Angeles"}, {"US-CA"}),
        ("+14165550123", None, {DENVER, "America/Toronto"}, {"CA-ON"}),
    ],
)
def test_every_zone_and_state_the_recipient_may_be_in_is_a_candidate(
    phone: str | None, state: str | None, zones: set[str], places: set[str]
) -> None:
    found = whereabouts(phone, state, DENVER)
    assert (set(found.zones), set(found.places)) == (zones, places)


@pytest.mark.parametrize("phone", [None, "", "+18005550123", "+18885550123", "+10005550123", "not a number"])
def test_where_nothing_names_a_place_none_is_guessed(phone: str | None) -> None:
    assert whereabouts(phone, "??", DENVER) == ((DENVER,), ())


def test_a_zone_of_the_customer_record_alone_may_be_any_state_of_that_zone() -> None:
    found = whereabouts(None, None, DENVER, ["America/Los_Angeles"])
    assert set(found.zones) == {DENVER, "America/Los_Angeles"}
    assert set(found.places) == {"US-CA", "US-ID", "US-NV", "US-OR", "US-WA"}


@pytest.mark.parametrize(("client", "known"), [("America/Nowhere", []), (DENVER, ["Mars/Base"])])
def test_an_unknown_zone_is_an_error(client: str, known: list[str]) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        whereabouts("+13035550123", "CO", client, known)


@given(st.integers(200, 999), st.none() | st.sampled_from(["FL", "AK", "GU", "AZ", "ZZ"]))
def test_candidates_are_known_zones_and_the_clients_is_always_one(area: int, state: str | None) -> None:
    found = whereabouts(f"+1{area}5550123", state, DENVER)
    assert DENVER in found.zones
    assert all(ZoneInfo(zone) for zone in found.zones)
    assert all(place[:3] in ("US-", "CA-") for place in found.places)
