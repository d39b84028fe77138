"""The right to one call: who gets it, and when it is refused, held, or given anew."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from models.errors import TryAgain
from models.failure_classes import FailureClass
from models.identity import callback_token, token_hash
from models.provider_answers import Answer, AnswerKind, lost_answer, no_connection
from models.quiet_hours import WindowDecision
from models.sending import Claimed, Held, HoldReason, InDoubt, NotSent, NotSentReason, SendResult, SendStep, Sent
from tests.database.world import KEY, PHONE, World

SECOND_ATTEMPT = "INSERT INTO attempt (message_id, fence, token_hash, worker) VALUES (:id, 2, 'x', 'w')"


def test_a_claim_commits_its_attempt_its_log_its_undo_and_its_gate(world: World) -> None:
    run = world.run()

    claim = world.claimed(run)

    message = world.message(run)
    assert (message["state"], message["fence"], message["reason"]) == ("dispatching", 1, None)
    assert message["next_check_at"] is not None
    assert all(check["passed"] for check in message["gate"])
    assert [check["rule"] for check in message["gate"]][0] == "the run goes on"
    [attempt] = world.attempts(run)
    assert attempt["token_hash"] == token_hash(claim.envelope.token)
    assert claim.envelope.token == callback_token(KEY, claim.message_id, 1)
    assert (attempt["outcome"], attempt["worker"], attempt["activity_attempt"]) == (None, "worker-1", 1)
    [logged] = world.rows("SELECT * FROM claim_log")
    assert logged["scopes"] == list(claim.scopes)
    assert logged["scopes"][0] == "everything"
    assert [row["step"] for row in world.rows("SELECT step FROM undo")] == [f"send:{claim.message_id}"]
    assert claim.envelope.to == PHONE


def test_a_second_claim_comes_back_when_the_call_of_the_first_is_over(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)

    with pytest.raises(TryAgain, match="under way"):
        world.claim(run)
    world.ledger.record(claim, no_connection("last_look"))

    assert isinstance(world.claim(run), Claimed)
    assert [attempt["outcome"] for attempt in world.attempts(run)] == ["not_accepted", None]


def test_eight_workers_that_claim_one_message_make_one_attempt(world: World, engine: Engine) -> None:
    for name in ("Ada", "Ben", "Cy", "Di", "Eva"):
        run = world.run(lead=world.lead(name, phone=f"+1303555{len(name):04d}"))
        start = Barrier(8)

        def compete(worker: int, run: Any = run, start: Barrier = start) -> Claimed | SendResult | TryAgain:
            ledger = world.another_ledger(engine, f"worker-{worker}")
            start.wait()
            try:
                return ledger.claim(SendStep(run_id=run, step="hello"), "w", 1)
            except TryAgain as later:
                return later

        with ThreadPoolExecutor(8) as workers:
            results = list(workers.map(compete, range(8)))

        assert sum(isinstance(result, Claimed) for result in results) == 1
        assert sum(isinstance(result, TryAgain) for result in results) == 7
        assert len(world.attempts(run)) == 1


def test_an_accepted_message_is_sent_and_never_claimed_again(world: World) -> None:
    run = world.run()
    claim = world.sent(run)

    assert world.claim(run) == Sent(message_id=claim.message_id)
    assert [attempt["outcome"] for attempt in world.attempts(run)] == ["accepted"]


@pytest.mark.parametrize("answer", [no_connection("ConnectError"), Answer(kind=AnswerKind.TRY_LATER, code="20429")])
def test_after_a_definite_refusal_that_may_pass_a_new_attempt_is_possible(world: World, answer: Answer) -> None:
    run = world.run()
    first = world.claimed(run)
    world.ledger.record(first, answer)

    second = world.claimed(run)

    assert (first.fence, second.fence) == (1, 2)
    assert first.envelope.token != second.envelope.token
    assert [attempt["outcome"] for attempt in world.attempts(run)] == ["not_accepted", None]
    assert len(world.rows("SELECT * FROM undo")) == 1


def test_an_unknown_outcome_is_not_claimed_again(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    assert world.ledger.record(claim, lost_answer("ReadTimeout")) == InDoubt(message_id=claim.message_id)

    assert world.claim(run) == InDoubt(message_id=claim.message_id)
    assert len(world.attempts(run)) == 1


@pytest.mark.parametrize("standing", [None, "unknown", "accepted"])
def test_the_database_itself_refuses_a_second_live_attempt(world: World, standing: str | None) -> None:
    claim = world.claimed(world.run())
    world.rows("UPDATE attempt SET outcome = :standing", standing=standing)

    with pytest.raises(IntegrityError, match="at_most_one_live_attempt"):
        world.rows(SECOND_ATTEMPT, id=claim.message_id)


def test_an_attempt_after_one_that_was_not_accepted_is_allowed_by_the_database(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    world.rows("UPDATE attempt SET outcome = 'not_accepted'")

    world.rows(SECOND_ATTEMPT, id=claim.message_id)
    assert len(world.attempts(run)) == 2


def test_a_message_outside_its_hours_waits_for_the_opening(world: World) -> None:
    run = world.run()
    opens = world.one("SELECT clock_timestamp() + interval '9 hours' AS at")["at"]
    world.hours = WindowDecision(
        allowed=False, next_open_at=opens, zones=("America/Denver",), shut_in=("America/Denver",)
    )

    held = world.claim(run)

    assert held == Held(message_id=world.message(run)["id"], reason=HoldReason.QUIET_HOURS, until=opens)
    assert world.message(run)["gate"][-1]["passed"] is False
    assert len(world.events("message_held")) == 1
    assert world.claim(run) == held
    assert len(world.events("message_held")) == 1  # asking again is no news


def test_an_address_that_was_found_dead_is_not_written_to_again(world: World) -> None:
    first, later = world.run(lead=world.lead("Lea")), world.run(lead=world.lead("Lea"))
    world.sent(first)
    world.rows(
        "UPDATE message SET failure_class = 'bad_contact', delivery = 'undelivered' WHERE run_id = :run", run=first
    )

    assert world.claim(later) == NotSent(
        message_id=world.message(later)["id"], reason=NotSentReason.BAD_ADDRESS, failure=FailureClass.BAD_CONTACT
    )


def test_a_message_gets_stale_only_after_it_first_became_due(world: World) -> None:
    run = world.run()
    world.rows(
        "UPDATE message SET planned_at = planned_at - interval '30 days', expires_at = NULL, lifetime = '1 hour'"
    )
    world.pause()
    assert isinstance(world.claim(run), Held)
    world.rows("UPDATE message SET expires_at = expires_at - interval '61 minutes'")
    world.pause(paused=False)

    assert world.claim(run) == NotSent(message_id=world.message(run)["id"], reason=NotSentReason.EXPIRED)


def test_a_text_that_needs_more_consent_than_was_given_never_leaves(world: World) -> None:
    run = world.request()
    world.plan(run)

    result = world.claim(run)

    assert isinstance(result, NotSent)
    assert result.reason is NotSentReason.NO_CONSENT
    assert world.message(run)["state"] == "suppressed"
    assert [row["reason"] for row in world.events("message_not_sent")] == ["no_consent"]


def test_a_template_that_nobody_approved_holds_the_message(engine: Engine) -> None:
    world = World(engine, approved=False)

    held = world.claim(world.run())

    assert isinstance(held, Held)
    assert held.reason is HoldReason.NOT_APPROVED
