"""What came in and took no effect, or came in only at its provider, is found by an audit."""

import pytest

from models.audit import Received
from models.database.inbound.arrivals import Arrival, store
from models.database.inbound.consuming import WaitingReports
from tests.database.planting import Provider, audited, sent, started, violated
from tests.database.world import PHONE, World


def two_minutes_pass(world: World) -> None:
    """Since everything came in."""
    world.rows("UPDATE inbox SET received_at = received_at - interval '2 minutes'")


def test_i14_finds_a_reply_that_its_run_has_not_read(world: World, provider: Provider) -> None:
    sent(world, provider)
    world.text("hello?", sender=PHONE)
    started(world)
    two_minutes_pass(world)
    assert violated(world, provider) == {"I14"}

    world.control.look(world.one("SELECT id FROM run")["id"])
    assert violated(world, provider) == set()


@pytest.mark.parametrize("kind", ["status", "event"])
def test_i14_finds_a_callback_and_an_event_that_took_no_effect(world: World, provider: Provider, kind: str) -> None:
    store(world.engine, world.ring, [Arrival("twilio", "key", kind, b"")])
    assert violated(world, provider) == set()
    two_minutes_pass(world)
    assert violated(world, provider) == {"I14"}

    waiting = WaitingReports(world.engine, world.ring)
    assert [waiting.settle(inbox_id) for inbox_id in waiting.due()] == [True]
    assert violated(world, provider) == set()


@pytest.mark.parametrize("state", ["orphan", "poison"])
def test_i14_finds_what_was_set_aside_without_a_task(world: World, provider: Provider, state: str) -> None:
    store(world.engine, world.ring, [Arrival("twilio", "key", "status", b"")])
    world.rows("UPDATE inbox SET state = :state", state=state)
    two_minutes_pass(world)

    assert violated(world, provider) == {"I14"}


def test_a_text_that_its_provider_received_and_we_do_not_have_is_found(world: World, provider: Provider) -> None:
    sent(world, provider)
    world.text("Hello", provider_id="SM7")
    started(world)
    provider.received = [Received("twilio", "SM7"), Received("twilio", "SM8")]

    assert [(finding.invariant, finding.examples) for finding in audited(world, provider).findings if finding.bad] == [
        ("I17", ("SM8",))
    ]


def test_a_text_that_is_missing_while_a_gap_is_open_will_still_be_read(world: World, provider: Provider) -> None:
    sent(world, provider)
    world.rows("INSERT INTO inbound_gap (began_at, ended_at, found) VALUES (clock_timestamp(), clock_timestamp(), 0)")
    provider.received = [Received("twilio", "SM8")]

    assert violated(world, provider) == set()
