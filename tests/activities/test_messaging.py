from collections.abc import Callable
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.messaging import MessagingActivities
from models.provider_answers import Answer, AnswerKind, lost_answer, no_connection, twilio_answer
from models.sending import Envelope, Held, HoldReason, InDoubt, NotSent, SendResult, SendStep, Sent
from models.terms import Channel, PauseScope
from tests.database.world import PHONE, World, accepted


class Phone:
    """A channel that answers as told and remembers what it was given; `before` happens as the call arrives."""

    def __init__(self, answer: Answer, before: Callable[[], object] = lambda: None) -> None:
        self._answer = answer
        self._before = before
        self.calls: list[Envelope] = []

    def send(self, envelope: Envelope) -> Answer:
        self._before()
        self.calls.append(envelope)
        return self._answer


def _send(world: World, phone: Phone, order: SendStep) -> SendResult:
    messaging = MessagingActivities(world.ledger, {Channel.SMS: phone})
    result: SendResult = ActivityEnvironment().run(messaging.send, order)
    return result


def _order(world: World) -> SendStep:
    return SendStep(run_id=world.run(), step="hello")


def test_a_message_is_claimed_sent_and_recorded(world: World) -> None:
    order, phone = _order(world), Phone(accepted())

    assert isinstance(_send(world, phone, order), Sent)
    assert isinstance(_send(world, phone, order), Sent)

    [envelope] = phone.calls
    assert (envelope.to, envelope.channel) == (PHONE, Channel.SMS)


def test_the_claim_is_committed_before_the_call_and_no_transaction_is_open_during_it(world: World) -> None:
    order = _order(world)
    seen: list[object] = []

    def look() -> None:
        seen.append([attempt["outcome"] for attempt in world.attempts(order.run_id)])
        seen.append(world.one("SELECT count(*) AS n FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' "
                              "AND datname = current_database()")["n"])  # fmt: skip

    _send(world, Phone(accepted(), look), order)

    assert seen == [[None], 0]


def test_a_closed_gate_is_a_value_and_nothing_is_called(world: World) -> None:
    order, phone = _order(world), Phone(accepted())
    world.pause()

    held = _send(world, phone, order)

    assert isinstance(held, Held)
    assert held.reason is HoldReason.PAUSED
    assert phone.calls == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(lost_answer("ReadTimeout"), InDoubt), (twilio_answer(400, 21211), NotSent)],
)
def test_what_must_not_be_repeated_is_a_value_not_an_error(world: World, answer: Answer, expected: type) -> None:
    order, phone = _order(world), Phone(answer)

    assert isinstance(_send(world, phone, order), expected)
    _send(world, phone, order)

    assert len(phone.calls) == 1


@pytest.mark.parametrize(
    ("answer", "delay"),
    [(no_connection("ConnectError"), None), (twilio_answer(429, retry_after=7), timedelta(seconds=7))],
)
def test_what_may_be_repeated_is_an_error_with_the_providers_own_delay(
    world: World, answer: Answer, delay: timedelta | None
) -> None:
    order = _order(world)

    with pytest.raises(ApplicationError) as raised:
        _send(world, Phone(answer), order)

    assert (raised.value.type, raised.value.next_retry_delay, raised.value.non_retryable) == ("TryAgain", delay, False)
    assert isinstance(_send(world, Phone(accepted()), order), Sent)


def test_a_refusal_of_our_setup_is_asked_again_and_then_found_paused(world: World) -> None:
    order, phone = _order(world), Phone(twilio_answer(401, 20003))

    with pytest.raises(ApplicationError):
        _send(world, phone, order)

    held = _send(world, phone, order)
    assert isinstance(held, Held)
    assert held.reason is HoldReason.PAUSED
    assert len(phone.calls) == 1


def test_a_pause_that_comes_after_the_claim_stops_the_call(world: World) -> None:
    order, phone = _order(world), Phone(accepted())

    class PausedMeanwhile(type(world.ledger)):  # type: ignore[misc]
        def may_still_leave(self, claimed: object) -> bool:
            world.pause(PauseScope.EVERYTHING)
            return bool(super().may_still_leave(claimed))

    world.ledger.__class__ = PausedMeanwhile
    with pytest.raises(ApplicationError, match="last_look"):
        _send(world, phone, order)

    assert phone.calls == []
    assert isinstance(world.claim(order.run_id), Held)


def test_the_answer_names_no_address_and_no_wording(world: World) -> None:
    order = _order(world)
    answer = Answer(kind=AnswerKind.TRY_LATER, code="20429")

    with pytest.raises(ApplicationError) as raised:
        _send(world, Phone(answer), order)

    assert str(raised.value) == "TryAgain: 20429"
