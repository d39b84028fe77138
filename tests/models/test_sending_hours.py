from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.frequency import Contacts
from models.rule_book import Addressed, RuleBook
from models.sending_hours import ANSWERED_AT_ONCE, NO_RULES, Sender, always_open, decide
from models.shipped_rules import shipped_rules
from models.terms import Channel
from models.zones import whereabouts
from tests.models.slow_clock import MINUTE, OTHERS, may_leave, minutes, shipped, zones_of

NEW_YORK, CHICAGO, DENVER = "America/New_York", "America/Chicago", "America/Denver"
TUESDAY, SUNDAY, THANKSGIVING = date(2026, 11, 3), date(2026, 11, 8), date(2026, 11, 26)
BOOK = RuleBook(shipped_rules())
STATES = ["AL", "CA", "CT", "FL", "IL", "KY", "LA", "ME", "MS", "NV", "PA", "RI", "TX", "VA", "WA", "NY"]


def at(zone: str, hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))


def someone(now: datetime, *places: str, zones: tuple[str, ...] = (NEW_YORK,), answer: bool = False) -> Sender:
    """A message to somebody in these places; `answer`: to a call of a minute ago."""
    until = now - MINUTE + ANSWERED_AT_ONCE if answer else None
    return Sender(now, zones, Addressed(None, Channel.SMS, places), until)


@pytest.mark.parametrize(
    ("place", "now", "allowed"),
    [
        ("US-FL", at(NEW_YORK, 20, 30), False),
        ("US-WA", at(NEW_YORK, 20, 30), False),
        ("US-NY", at(NEW_YORK, 20, 30), True),
        ("US-KY", at(NEW_YORK, 9, 30), False),
        ("US-TX", at(NEW_YORK, 11, day=SUNDAY), False),
        ("US-TX", at(NEW_YORK, 12, day=SUNDAY), True),
        ("US-AL", at(NEW_YORK, 12, day=SUNDAY), False),
        ("US-AL", at(NEW_YORK, 12, day=THANKSGIVING), False),
        ("US-RI", at(NEW_YORK, 17, 30, day=date(2026, 11, 7)), False),
        ("US-ME", at(NEW_YORK, 12, day=date(2026, 11, 7)), False),
        ("US-PA", at(NEW_YORK, 8, 30, day=date(2026, 10, 16)), True),
        ("US-PA", at(NEW_YORK, 8, 30, day=date(2026, 10, 19)), False),
        ("CA-ON", at(NEW_YORK, 21, day=TUESDAY), True),
        ("CA-ON", at(NEW_YORK, 9, 30, day=SUNDAY), False),
    ],
)
def test_a_stricter_place_has_its_own_hours_from_their_date_on(place: str, now: datetime, allowed: bool) -> None:
    decision = decide(BOOK, someone(now, place, answer=True))
    # What house and country have in common is 8 to 21; Canada's evening ends later than the house's.
    assert decision.window.allowed is (allowed and now.hour < 21)


def test_the_rules_of_every_state_hold_in_every_zone() -> None:
    """Eight to twenty in Florida, ten to twenty-one in Kentucky; and both in the East and in the Midwest."""
    zones, places = (NEW_YORK, CHICAGO), ("US-FL", "US-KY")
    assert not decide(BOOK, someone(at(NEW_YORK, 10, 30), *places, zones=zones)).window.allowed
    assert decide(BOOK, someone(at(NEW_YORK, 11), *places, zones=zones)).window.allowed
    assert not decide(BOOK, someone(at(NEW_YORK, 20), *places, zones=zones)).window.allowed


@pytest.mark.parametrize(
    ("hour", "answer", "allowed"), [(8, True, True), (8, False, False), (20, True, True), (20, False, False)]
)
def test_an_immediate_answer_has_the_lawful_hours_and_a_follow_up_the_customary_ones(
    hour: int, answer: bool, allowed: bool
) -> None:
    assert decide(BOOK, someone(at(NEW_YORK, hour, 30), "US-NY", answer=answer)).window.allowed is allowed


def test_an_answer_is_immediate_for_ten_minutes_only() -> None:
    now = at(NEW_YORK, 20, 30)
    late = someone(now, "US-NY")._replace(immediate_until=now - timedelta(seconds=1))
    decision = decide(BOOK, late).window
    assert not decision.allowed
    assert decision.next_open_at == at(NEW_YORK, 9, day=TUESDAY + timedelta(days=1))
    assert "agency/hours" in {rule.key for rule in shipped_rules() if rule.id in decision.rule_ids}


def test_a_call_just_before_the_lawful_hours_is_answered_as_they_begin() -> None:
    decision = decide(BOOK, someone(at(NEW_YORK, 7, 55), "US-NY", answer=True)).window
    assert decision.next_open_at == at(NEW_YORK, 8)
    earlier = decide(BOOK, someone(at(NEW_YORK, 7, 40), "US-NY", answer=True)).window
    assert earlier.next_open_at == at(NEW_YORK, 9)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (at(NEW_YORK, 11, 59), False),
        (at(NEW_YORK, 12), True),
        (at(NEW_YORK, 19, 58), True),
        (at(NEW_YORK, 20), False),
        (at(NEW_YORK, 14, day=SUNDAY), False),
        (at(NEW_YORK, 14, day=THANKSGIVING), False),
    ],
)
def test_somebody_who_may_be_anywhere_is_written_to_when_it_is_day_everywhere(now: datetime, allowed: bool) -> None:
    where = whereabouts(None, None, DENVER)
    assert decide(BOOK, someone(now, *where.places, zones=where.zones)).window.allowed is allowed


def test_a_decision_says_what_it_looked_at_and_why() -> None:
    decision = decide(BOOK, someone(at(NEW_YORK, 20, 30), "US-FL")).window
    assert (decision.zones, decision.places, decision.shut_in) == ((NEW_YORK,), ("US-FL",), (NEW_YORK,))
    keys = {rule.key for rule in shipped_rules() if rule.id in decision.rule_ids}
    assert {"US/hours", "US-FL/hours", "agency/hours"} <= keys
    assert decision.reasons == ("it is Tue 20:30 in America/New_York, where 09:00-20:00 is allowed",)
    last = decide(BOOK, someone(at(NEW_YORK, 19, 59), "US-FL")).window
    assert (last.allowed, last.reasons) == (False, ("it shuts within a minute",))


def test_how_long_it_stays_open_is_known() -> None:
    assert decide(BOOK, someone(at(NEW_YORK, 18), "US-FL")).window.closes_in == timedelta(hours=2)


def test_without_rules_nothing_leaves() -> None:
    decision = decide(RuleBook(()), someone(at(NEW_YORK, 12), "US-NY")).window
    assert (decision.allowed, decision.next_open_at, decision.reasons) == (False, None, (NO_RULES,))


@pytest.mark.parametrize(
    ("kind", "others", "first"),
    [
        ("review_request", {"incident_notice"}, "incident_notice"),
        ("outreach", {"incident_notice", "review_request"}, "incident_notice"),
        ("incident_notice", {"review_request", "outreach"}, None),
        ("review_request", {"outreach"}, None),
        ("review_request", {"something_new"}, None),
        ("something_new", {"incident_notice"}, None),
    ],
)
def test_an_incident_comes_before_everything_else_to_the_same_person(
    kind: str, others: set[str], first: str | None
) -> None:
    message = someone(at(NEW_YORK, 12), "US-NY")._replace(kind=kind, others=frozenset(others))
    assert decide(BOOK, message).gives_way_to == first
    assert always_open(BOOK, message).gives_way_to == first


def test_the_open_policy_asks_neither_hours_nor_caps() -> None:
    message = someone(at(NEW_YORK, 3), "US-NY")._replace(contacts=Contacts(of_run=99))
    decision = always_open(BOOK, message)
    assert decision.window.allowed
    assert decision.cap is None


@settings(max_examples=60, deadline=None)
@given(
    now=st.datetimes(datetime(2026, 1, 3), datetime(2027, 12, 20), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda at: at.replace(second=0, microsecond=0)
    ),
    zones=st.lists(st.sampled_from([*zones_of("US", "CA"), *OTHERS]), min_size=1, max_size=4, unique=True),
    places=st.lists(st.sampled_from([f"US-{state}" for state in STATES] + ["CA-ON"]), max_size=3, unique=True),
    answer=st.booleans(),
)
def test_the_shipped_rules_allow_what_slowly_looking_at_each_minute_allows(
    now: datetime, zones: list[str], places: list[str], answer: bool
) -> None:
    decision = decide(BOOK, someone(now, *places, zones=tuple(zones), answer=answer)).window
    follow_up, at_once = shipped(places, immediate=False), shipped(places, immediate=True)
    until = now - MINUTE + ANSWERED_AT_ONCE if answer else now - MINUTE
    horizon = now + timedelta(days=3)
    allowed = next(
        (
            minute
            for minute in minutes(now, horizon)
            if may_leave(minute, zones, at_once if minute <= until else follow_up)
        ),
        None,
    )
    seen = now if decision.allowed else decision.next_open_at
    assert (seen if seen and seen < horizon else None) == allowed
