from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.delivery import Delivery, contradicts, from_ses, from_twilio, later

NEWS = st.sampled_from(Delivery)


@given(NEWS, NEWS)
def test_the_order_of_two_pieces_of_news_does_not_matter(a: Delivery, b: Delivery) -> None:
    assert later(a, b) is later(b, a)


@given(NEWS, NEWS, NEWS)
def test_news_may_be_merged_in_any_grouping(a: Delivery, b: Delivery, c: Delivery) -> None:
    assert later(later(a, b), c) is later(a, later(b, c))


@given(NEWS)
def test_repeated_news_changes_nothing(a: Delivery) -> None:
    assert later(a, a) is a


@given(NEWS)
def test_the_first_news_is_taken_as_it_is(a: Delivery) -> None:
    assert later(None, a) is a


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("queued", "sending", "sent", "delivered"), Delivery.DELIVERED),
        (("accepted", "sent", "undelivered"), Delivery.UNDELIVERED),
        (("scheduled", "canceled"), Delivery.CANCELLED),
        (("sent", "undelivered", "delivered"), Delivery.DELIVERED),
        (("sent", "delivered", "read"), Delivery.READ),
    ],
)
def test_callbacks_in_any_order_end_the_same(statuses: tuple[str, ...], expected: Delivery) -> None:
    for order in permutations(statuses):
        known: Delivery | None = None
        for status in order:
            news = from_twilio(status)
            assert news is not None
            known = later(known, news)
        assert known is expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (("Send", "DeliveryDelay", "Delivery", "Open", "Click"), Delivery.CLICKED),
        (("Send", "Delivery", "Bounce"), Delivery.BOUNCED),
        (("Send", "Delivery", "Open", "Complaint"), Delivery.COMPLAINED),
        (("Send", "Reject"), Delivery.FAILED),
        (("Send", "Rendering Failure"), Delivery.FAILED),
    ],
)
def test_mail_events_in_any_order_end_the_same(events: tuple[str, ...], expected: Delivery) -> None:
    for order in permutations(events):
        known: Delivery | None = None
        for event in order:
            news = from_ses(event)
            assert news is not None
            known = later(known, news)
        assert known is expected


@pytest.mark.parametrize("status", ["received", "receiving", "partially_delivered", "", "brand_new"])
def test_an_inbound_or_unheard_of_status_says_nothing(status: str) -> None:
    assert from_twilio(status) is None


def test_a_subscription_event_says_nothing_of_delivery() -> None:
    assert from_ses("Subscription") is None


def test_delivered_and_undelivered_contradict_each_other_but_a_late_bounce_does_not() -> None:
    assert contradicts(Delivery.UNDELIVERED, Delivery.DELIVERED)
    assert contradicts(Delivery.DELIVERED, Delivery.FAILED)
    assert not contradicts(Delivery.DELIVERED, Delivery.BOUNCED)
    assert not contradicts(Delivery.SENT, Delivery.FAILED)
    assert not contradicts(None, Delivery.FAILED)


def test_failures_are_final_and_a_sent_message_may_still_go_either_way() -> None:
    assert all(d.is_final for d in Delivery if d.is_failure)
    assert not Delivery.SENT.is_final
    assert not Delivery.DELIVERED.is_failure
