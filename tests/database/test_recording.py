import time
from datetime import timedelta

import pytest
from pydantic import SecretStr

from models.database.engine import make_engine
from models.database.sending.evidence import Finding
from models.delivery import Delivery
from models.errors import TryAgain
from models.failure_classes import FailureClass
from models.provider_answers import Answer, lost_answer, no_connection, ses_answer, twilio_answer
from models.sending import Claimed, Held, HoldReason, InDoubt, NotSent, NotSentReason, SendResult, Sent
from models.settings import DatabaseSettings
from models.terms import AttemptOutcome, EvidenceSource, PauseScope
from tests.database.doubts import SID
from tests.database.findings import callback, find
from tests.database.world import World, accepted


def test_an_accepted_message_is_sent_under_the_providers_id(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)

    assert world.ledger.record(claim, accepted(SID)) == Sent(message_id=claim.message_id)

    message = world.message(run)
    assert (message["state"], message["provider_message_id"], message["next_check_at"]) == ("accepted", SID, None)
    assert message["accepted_at"] is not None
    [event] = world.events("message_accepted")
    assert (event["owner"], event["client_safe_status"]) == ("sam", "Sent")
    [evidence] = world.rows("SELECT * FROM evidence")
    assert (evidence["source"], evidence["kind"], evidence["provider_message_id"]) == ("answer", "accepted", SID)


@pytest.mark.parametrize("answer", [no_connection("ConnectError"), twilio_answer(429), ses_answer(429, "Throttling")])
def test_a_refusal_that_may_pass_makes_the_message_ready_again(world: World, answer: Answer) -> None:
    run = world.run()
    world.ledger.record(world.claimed(run), answer)

    message = world.message(run)
    assert (message["state"], message["next_check_at"], message["failure_class"]) == ("ready", None, None)
    assert world.tasks() == []


def test_a_refusal_of_our_setup_pauses_the_channel_and_asks_an_engineer_while_the_message_waits(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)

    result = world.ledger.record(claim, twilio_answer(401, 20003))

    assert result == Held(message_id=claim.message_id, reason=HoldReason.TRY_LATER)
    assert world.message(run)["state"] == "ready"
    [pause] = world.rows("SELECT * FROM pause WHERE paused")
    assert pause["scope"] == f"channel:{world.client}:sms"
    [task] = world.tasks("send_failed_config")
    assert (task["owner"], task["evidence"]) == ("sam", {"code": "20003"})
    held = world.claim(run)
    assert isinstance(held, Held)
    assert held.reason is HoldReason.PAUSED
    assert [event["reason"] for event in world.events("message_held")] == ["paused"]


def test_when_our_setup_works_again_the_refused_run_is_told(world: World) -> None:
    run = world.run()
    world.ledger.record(world.claimed(run), twilio_answer(401, 20003))
    before = world.announced(run)

    world.pause(PauseScope.CHANNEL, paused=False)

    assert world.announced(run) == before + 1
    assert isinstance(world.claim(run), Claimed)


@pytest.mark.parametrize(
    ("answer", "failure", "task"),
    [
        (twilio_answer(400, 21211), FailureClass.BAD_CONTACT, None),
        (ses_answer(400, "MessageRejected"), FailureClass.CONTENT, "send_failed_content"),
        (twilio_answer(400, 21602), FailureClass.BUG, "send_failed_bug"),
        (twilio_answer(400, 29999), FailureClass.UNKNOWN, "send_failed_unknown"),
    ],
)
def test_a_final_refusal_is_final(world: World, answer: Answer, failure: FailureClass, task: str | None) -> None:
    run = world.run()
    claim = world.claimed(run)

    result = world.ledger.record(claim, answer)

    assert result == NotSent(message_id=claim.message_id, reason=NotSentReason.REFUSED, failure=failure)
    assert world.claim(run) == result
    assert world.message(run)["state"] == "refused"
    assert [found["kind"] for found in world.tasks()] == ([task] if task else [])


def test_a_provider_that_knows_of_an_opt_out_makes_it_ours(world: World) -> None:
    run, other = world.run(), world.run(lead=world.lead("Max"))
    claim = world.claimed(run)

    result = world.ledger.record(claim, twilio_answer(400, 21610))

    assert isinstance(result, NotSent)
    assert result.failure is FailureClass.SUPPRESSED
    [revoked] = world.rows("SELECT * FROM consent WHERE status = 'revoked'")
    assert (revoked["source"], revoked["evidence"]) == ("twilio_21610", f"message/{claim.message_id}")
    assert world.message(other)["state"] == "suppressed"
    assert world.message(other, "mail")["state"] == "ready"  # another channel, another address
    assert isinstance(world.claim(other), NotSent)


@pytest.mark.parametrize("answer", [lost_answer("ReadTimeout"), twilio_answer(500), ses_answer(503)])
def test_an_answer_that_proves_nothing_leaves_the_message_in_doubt_with_a_next_check(
    world: World, answer: Answer
) -> None:
    run = world.run()
    claim = world.claimed(run)

    assert world.ledger.record(claim, answer) == InDoubt(message_id=claim.message_id)

    message = world.message(run)
    assert message["state"] == "unknown"
    due = world.one("SELECT next_check_at - clock_timestamp() AS due FROM message WHERE state = 'unknown'")["due"]
    assert timedelta(seconds=25) < due <= world.timers.checks[0]
    assert len(world.events("message_in_doubt")) == 1


def test_the_same_answer_recorded_twice_changes_nothing_more(world: World) -> None:
    run = world.run()
    claim = world.sent(run)
    first: SendResult = Sent(message_id=claim.message_id)
    row = world.message(run)

    assert world.ledger.record(claim, accepted()) == first
    assert world.message(run) == row
    assert len(world.events("message_accepted")) == 1


def test_a_callback_that_comes_before_the_answer_wakes_nobody_and_the_answer_adds_nothing(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    before = world.announced(run)

    find(world, claim.message_id, claim.fence, callback(SID, Delivery.DELIVERED))
    assert world.announced(run) == before  # the sending activity is about to tell the workflow
    assert world.ledger.record(claim, lost_answer("ReadTimeout")) == Sent(message_id=claim.message_id)

    assert world.message(run)["delivery"] == "delivered"


def test_a_failed_delivery_tells_the_run_its_class(world: World) -> None:
    run = world.run()
    claim = world.sent(run)
    before = world.announced(run)

    find(world, claim.message_id, 1, callback(SID, Delivery.UNDELIVERED, FailureClass.TRANSIENT))

    assert world.message(run)["failure_class"] == "transient"
    assert world.announced(run) == before + 1
    assert [event["facts"] for event in world.events("delivery_failed")] == [{"failure": "transient"}]


def test_a_complaint_opts_the_address_out(world: World) -> None:
    run = world.run()
    claim = world.sent(run)

    find(world, claim.message_id, 1, callback(SID, Delivery.COMPLAINED, FailureClass.SUPPRESSED))

    assert len(world.rows("SELECT * FROM consent WHERE status = 'revoked'")) == 1
    assert world.message(run, "again")["state"] == "suppressed"


def test_a_person_who_says_it_was_not_sent_closes_the_doubt(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    world.ledger.record(claim, lost_answer("ReadTimeout"))
    before = world.announced(run)

    find(world, claim.message_id, 1, Finding(EvidenceSource.PERSON, AttemptOutcome.NOT_ACCEPTED, "compared"))

    result = world.claim(run)
    assert isinstance(result, NotSent)
    assert result.reason is NotSentReason.CLOSED_BY_PERSON
    assert world.announced(run) == before + 1


def test_a_person_cannot_overrule_a_providers_yes(world: World) -> None:
    run = world.run()
    claim = world.sent(run)

    find(world, claim.message_id, 1, Finding(EvidenceSource.PERSON, AttemptOutcome.NOT_ACCEPTED, "compared"))

    assert world.claim(run) == Sent(message_id=claim.message_id)


def test_an_answer_that_cannot_be_recorded_before_the_lease_is_over_is_not_called_in_doubt(world: World) -> None:
    lease_ago = time.monotonic() - world.timers.lease.total_seconds()
    claim = world.claimed(world.run()).model_copy(update={"deadline": lease_ago})
    nowhere = make_engine(DatabaseSettings(url=SecretStr("postgresql+psycopg://nobody@127.0.0.1:9/nothing")))

    with pytest.raises(TryAgain, match="lease was over"):  # a workflow that were told so now would wait for news of it
        world.another_ledger(nowhere).record(claim, accepted(SID))
