from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.frequency import CapHit, Contacts, Touch, reached
from models.rule_book import Addressed, RuleBook
from models.rule_terms import CapTerms
from models.sending_hours import ANSWERED_AT_ONCE, Sender, decide
from models.shipped_rules import shipped_rules
from models.terms import Channel

NOON = datetime(2026, 11, 4, 18, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOOK = RuleBook(shipped_rules())


def cap(**terms: Any) -> CapTerms:
    return CapTerms.model_validate(terms)


def ago(*spans: timedelta) -> Contacts:
    return Contacts(tuple(Touch(NOON - span, promotional=False) for span in spans))


def test_a_cap_opens_when_the_oldest_message_that_fills_it_is_out_of_its_span() -> None:
    three_a_day = [(7, cap(messages=3, within="PT24H"))]
    assert reached(NOON, three_a_day, ago(5 * HOUR, 9 * HOUR)) is None
    full = reached(NOON, three_a_day, ago(5 * HOUR, 9 * HOUR, 20 * HOUR, 30 * HOUR))
    assert full == CapHit(7, NOON + 4 * HOUR, "3 in 24 hours, 3 allowed")


def test_of_several_caps_the_one_that_lasts_longest_decides() -> None:
    caps = [(1, cap(messages=1, within="PT4H")), (2, cap(messages=2, within="P7D"))]
    hit = reached(NOON, caps, ago(HOUR, 2 * DAY))
    assert hit is not None
    assert (hit.rule_id, hit.until) == (2, NOON + 5 * DAY)


def test_what_ends_the_enrolment_outlasts_every_other_cap() -> None:
    caps = [(1, cap(messages=1, within="P7D")), (2, cap(messages=6)), (3, cap(ends_after="P14D"))]
    assert reached(NOON, caps, ago(DAY)._replace(of_run=6)) == CapHit(
        2, None, "6 messages in this enrolment, 6 are allowed"
    )
    over = reached(NOON, caps, Contacts(last_heard=NOON - 14 * DAY))
    assert over is not None
    assert over.until is None
    assert reached(NOON, caps, Contacts(last_heard=NOON - 13 * DAY)) is None


def _decided(
    channel: Channel, contacts: Contacts, *, answer: bool = False, promotional: bool = False, place: str = "US-NY"
) -> Any:
    to = Addressed(None, channel, (place,), promotional)
    until = NOON + ANSWERED_AT_ONCE if answer else None
    return decide(BOOK, Sender(NOON, ("America/New_York",), to, until, contacts)).cap


def _key(hit: CapHit | None) -> str | None:
    return next((rule.key for rule in shipped_rules() if hit and rule.id == hit.rule_id), None)


@pytest.mark.parametrize(
    ("channel", "spans", "key"),
    [
        (Channel.SMS, [3 * HOUR], "agency/cap/gap"),
        (Channel.SMS, [4 * HOUR], None),
        (Channel.SMS, [4 * HOUR, 9 * HOUR, 23 * HOUR], "agency/cap/sms/day"),
        (Channel.SMS, [DAY, 2 * DAY, 3 * DAY, 6 * DAY], "agency/cap/sms/week"),
        (Channel.SMS, [DAY, 2 * DAY, 3 * DAY, 7 * DAY], None),
        (Channel.EMAIL, [23 * HOUR], "agency/cap/email/day"),
        (Channel.EMAIL, [DAY, 2 * DAY, 3 * DAY, 6 * DAY], "agency/cap/email/week"),
        (Channel.EMAIL, [DAY, 2 * DAY, 3 * DAY], None),
    ],
)
def test_the_shipped_caps(channel: Channel, spans: list[timedelta], key: str | None) -> None:
    assert _key(_decided(channel, ago(*spans))) == key


def test_an_immediate_answer_needs_no_gap_but_counts_towards_the_day() -> None:
    assert _decided(Channel.SMS, ago(HOUR), answer=True) is None
    assert _key(_decided(Channel.SMS, ago(HOUR, 2 * HOUR, 3 * HOUR), answer=True)) == "agency/cap/sms/day"


def test_one_promotional_text_a_day_whatever_else_was_written() -> None:
    informed = Contacts((Touch(NOON - 5 * HOUR, promotional=False),))
    promoted = Contacts((Touch(NOON - 5 * HOUR, promotional=True),))
    assert _decided(Channel.SMS, informed, promotional=True) is None
    assert _key(_decided(Channel.SMS, promoted, promotional=True)) == "agency/cap/sms/promotional"
    assert _decided(Channel.SMS, promoted) is None


def test_the_law_of_a_state_stays_when_the_house_rule_is_gone() -> None:
    without = RuleBook(rule for rule in shipped_rules() if rule.jurisdiction != "agency")
    contacts = ago(4 * HOUR, 9 * HOUR, 23 * HOUR)
    for place, key in (("US-FL", "US-FL/cap"), ("US-NY", None)):
        message = Sender(NOON, ("America/New_York",), Addressed(None, Channel.SMS, (place,)), None, contacts)
        assert _key(decide(without, message).cap) == key


moments = st.lists(st.tuples(st.integers(0, 24 * 60), st.booleans()), max_size=12)
some_caps = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 30 * 60), st.booleans()), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(sent=moments, caps=some_caps)
def test_caps_count_as_a_naive_counter_does_minute_by_minute(
    sent: list[tuple[int, bool]], caps: list[tuple[int, int, bool]]
) -> None:
    """The counter forgets nothing and knows nothing of spans: it counts again at each minute from now on."""
    touches = tuple(Touch(NOON - timedelta(minutes=minutes), promotional) for minutes, promotional in sent)
    terms = [(number, cap(messages=n, within=timedelta(minutes=m))) for number, (n, m, _) in enumerate(caps)]
    only = [number for number, (_, _, promotional) in enumerate(caps) if promotional]

    def full(minute: int) -> bool:
        now = NOON + timedelta(minutes=minute)
        return any(
            sum(
                now - touch.at < timedelta(minutes=m) and (touch.promotional or not only_promotional)
                for touch in touches
            )
            >= n
            for n, m, only_promotional in caps
        )

    hit = reached(NOON, terms, Contacts(touches), promotional_only=only)
    opens = next(minute for minute in range(31 * 60 + 1) if not full(minute))
    assert (hit.until if hit else NOON) == NOON + timedelta(minutes=opens)
