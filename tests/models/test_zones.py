from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.zones import EVERY_US_ZONE, candidate_zones

DENVER = "America/Denver"


@pytest.mark.parametrize(
    ("phone", "state", "expected"),
    [
        ("+13035550123", None, {DENVER}),
        ("+12125550123", None, {DENVER, "America/New_York"}),
        ("+18505550123", None, {DENVER, "America/New_York", "America/Chicago"}),
        ("+12705550123", None, {DENVER, "America/New_York", "America/Chicago"}),
        ("+12085550123", None, {DENVER, "America/Boise", "America/Los_Angeles"}),
        (None, "FL", {DENVER, "America/New_York", "America/Chicago"}),
        (None, " ca ", {DENVER, "America/Los_Angeles"}),
        ("+12125550123", "CA", {DENVER, "America/New_York", "America/Los_Angeles"}),
        ("+18005550123", "CA", {DENVER, "America/Los_Angeles"}),
    ],
)
def test_every_zone_the_recipient_may_be_in_is_a_candidate(
    phone: str | None, state: str | None, expected: set[str]
) -> None:
    assert set(candidate_zones(phone, state, DENVER)) == expected


@pytest.mark.parametrize("phone", [None, "", "+18005550123", "+18885550123", "+10005550123", "not a number"])
def test_a_number_that_names_no_place_may_be_anywhere_in_the_country(phone: str | None) -> None:
    assert set(candidate_zones(phone, "??", DENVER)) == set(EVERY_US_ZONE)


def test_an_unknown_client_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        candidate_zones("+13035550123", "CO", "America/Nowhere")


@given(st.integers(200, 999), st.none() | st.sampled_from(["FL", "AK", "GU", "AZ", "ZZ"]))
def test_candidates_are_known_zones_and_never_none(area: int, state: str | None) -> None:
    zones = candidate_zones(f"+1{area}5550123", state, DENVER)
    assert DENVER in zones
    assert all(ZoneInfo(zone) for zone in zones)
