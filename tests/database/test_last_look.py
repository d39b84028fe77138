import time

import pytest

from models.provider_answers import no_connection
from models.sending import Claimed, Held, HoldReason, NotSent, NotSentReason
from models.terms import PauseScope
from tests.database.world import World


def test_nothing_in_between_lets_the_call_start(world: World) -> None:
    assert world.ledger.may_still_leave(world.claimed(world.run()))


@pytest.mark.parametrize("scope", PauseScope)
def test_a_pause_between_claim_and_call_gives_the_right_back(world: World, scope: PauseScope) -> None:
    run = world.run()
    claim = world.claimed(run)
    world.pause(scope, run=run)

    assert not world.ledger.may_still_leave(claim)
    world.ledger.record(claim, no_connection("last_look"))

    held = world.claim(run)
    assert isinstance(held, Held)
    assert held.reason is HoldReason.PAUSED
    world.pause(scope, paused=False, run=run)
    assert world.claimed(run).fence == 2


def test_an_opt_out_between_claim_and_call_gives_the_right_back_and_suppresses(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    world.opt_out()

    assert not world.ledger.may_still_leave(claim)
    world.ledger.record(claim, no_connection("last_look"))

    after = world.claim(run)
    assert isinstance(after, NotSent)
    assert after.reason is NotSentReason.OPTED_OUT
    assert len(world.attempts(run)) == 1


def test_a_doubtful_opt_out_between_claim_and_call_stops_the_call(world: World) -> None:
    claim = world.claimed(world.run())
    world.text("stpo")

    assert not world.ledger.may_still_leave(claim)


def test_a_stop_between_claim_and_call_stops_the_call(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    world.stop(run)

    assert not world.ledger.may_still_leave(claim)


def test_a_call_may_not_start_after_its_lease_or_its_deadline(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)

    assert not world.ledger.may_still_leave(claim.model_copy(update={"deadline": time.monotonic() - 1}))
    world.make_due(run)
    assert not world.ledger.may_still_leave(claim)


def test_a_call_may_not_start_once_a_newer_attempt_exists(world: World) -> None:
    run = world.run()
    first = world.claimed(run)
    world.ledger.record(first, no_connection("ConnectError"))
    second = world.claimed(run)

    assert isinstance(second, Claimed)
    assert not world.ledger.may_still_leave(first)
    assert world.ledger.may_still_leave(second)
