"""The shipped rules on real rows: the noon, the night and the past are made by moving rows or choosing zones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest

from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import sending_rules
from models.database.sending.ledger import PostgresLedger
from models.database.sending.rules_in_force import RulesInForce
from models.failure_classes import FailureClass
from models.sending import Claimed, Held, HoldReason, NotSent, NotSentReason
from tests.database.world import KEY, PHONE, World

ANN = Origin("api", "ann")
HOUR = timedelta(hours=1)


def _zone_where_it_is(hour: int) -> str:
    """A zone without clock changes where it is about this hour of a day now; there is one for each hour."""
    now = datetime.now(UTC)
    zones = (f"Etc/GMT{offset:+}" for offset in range(-14, 13))
    return next(zone for zone in zones if zone in available_timezones() and now.astimezone(ZoneInfo(zone)).hour == hour)


@pytest.fixture
def world(world: World) -> Iterator[World]:
    """A world under the shipped rules where it is noon of a working day for everybody, wherever the test runs."""
    rules = RulesInForce("enforced")
    world.ledger = PostgresLedger(world.engine, world.timers, KEY, world.ring, rules, lambda row: None, "worker-1")
    for rule in _hours_of_everybody(world):
        _enter(world, "supersede", rule, value={"daily": "00:00-24:00"}, valid_from="2026-01-01", source="test")
    yield world
    world.rows("ALTER TABLE sending_rule DISABLE TRIGGER sending_rule_stays")
    world.rows("DELETE FROM sending_rule WHERE key IS NULL")
    world.rows("ALTER TABLE sending_rule ENABLE TRIGGER sending_rule_stays")


def _hours_of_everybody(world: World) -> list[int]:
    found = world.rows("SELECT id FROM sending_rule WHERE key IN ('US/hours', 'agency/hours', 'agency/hours/at-once')")
    return [row["id"] for row in found]


def _enter(world: World, how: str, *rule: int, **given: Any) -> int:
    with transaction(world.engine) as session:
        if how == "supersede":
            return sending_rules.supersede(session, rule[0], given, ANN).id
        return sending_rules.add(session, given, ANN).id


def _another(world: World, name: str = "Lea") -> UUID:
    return world.run(lead=world.lead(name))


def _sent_ago(world: World, span: timedelta, name: str) -> None:
    """Somebody of this name was written to at the same number, so long ago."""
    run = _another(world, name)
    world.sent(run, provider_id=f"SM{name}")
    world.rows("UPDATE message SET accepted_at = clock_timestamp() - :span WHERE run_id = :run", run=run, span=span)


def test_a_claim_keeps_what_the_rules_said(world: World) -> None:
    run = world.run()

    world.claimed(run)

    said = world.message(run)["window_decision"]
    keys = world.rows("SELECT key FROM sending_rule WHERE id = ANY(:ids)", ids=said["rule_ids"])
    assert {"agency/cap/gap", "agency/cap/enrollment"} <= {row["key"] for row in keys}
    assert (said["allowed"], said["places"], "America/Denver" in said["zones"]) == (True, ["US-CO"], True)
    assert said["reasons"]


def test_the_strictest_of_all_places_holds_a_message_until_it_opens(world: World) -> None:
    night = _zone_where_it_is(2)
    _enter(world, "add", kind="hours", jurisdiction="state", place="US-CO", value={"daily": "09:00-20:00", "zone": night},
           valid_from="2026-01-01", source="test")  # fmt: skip
    run = world.run()

    held = world.claim(run)

    assert isinstance(held, Held)
    assert held.reason is HoldReason.QUIET_HOURS
    assert held.until is not None
    local = held.until.astimezone(ZoneInfo(night))
    assert (local.hour, local.minute) == (9, 0)
    said = world.message(run)["window_decision"]
    assert (said["allowed"], said["shut_in"]) == (False, [night])
    assert datetime.fromisoformat(said["next_open_at"]) == held.until


def test_a_rule_counts_for_the_next_claim_and_wakes_who_waited(world: World) -> None:
    closed = {"kind": "hours", "jurisdiction": "client", "client_id": world.client, "value": {"daily": "closed"}}
    rule = _enter(world, "add", **closed, valid_from="2026-01-01", source="the client's holidays")
    run = world.run()
    assert isinstance(world.claim(run), Held)
    before = world.announced(run)

    _enter(world, "supersede", rule, value={}, reason="they are back", valid_from="2026-01-01", source="the client")

    assert world.announced(run) == before + 1
    assert isinstance(world.claim(run), Claimed)


def test_a_message_less_than_four_hours_ago_holds_the_next_one_until_they_are_over(world: World) -> None:
    _sent_ago(world, HOUR, "Ann")

    held = world.claim(_another(world, "Ben"))

    assert isinstance(held, Held)
    assert held.reason is HoldReason.FREQUENCY_CAP
    assert held.until is not None
    left = held.until - datetime.now(UTC)
    assert timedelta(hours=2, minutes=59) < left <= timedelta(hours=3)


def test_an_answer_at_once_needs_no_gap_and_counts_for_the_next_message(world: World) -> None:
    _sent_ago(world, HOUR, "Ann")
    run = _another(world, "Ben")
    world.rows("UPDATE message SET immediate = true WHERE run_id = :run", run=run)
    assert isinstance(world.claim(run), Claimed)
    late = _another(world, "Cid")
    world.rows("UPDATE message SET immediate = true WHERE run_id = :run", run=late)
    world.rows("UPDATE run SET requested_at = requested_at - interval '11 minutes' WHERE id = :run", run=late)

    held = world.claim(late)

    assert isinstance(held, Held)
    assert held.reason is HoldReason.FREQUENCY_CAP


@pytest.mark.parametrize("state", ["dispatching", "unknown", "escalated", "accepted"])
def test_what_may_have_left_counts_towards_the_cap(world: World, state: str) -> None:
    for name, hours in (("Ann", 5), ("Ben", 10), ("Cid", 23)):
        _sent_ago(world, hours * HOUR, name)
    world.rows(
        "UPDATE message SET state = :state, next_check_at = clock_timestamp() WHERE state = 'accepted'", state=state
    )

    held = world.claim(_another(world, "Dan"))

    assert isinstance(held, Held)
    assert held.reason is HoldReason.FREQUENCY_CAP
    assert held.until is not None
    assert held.until - datetime.now(UTC) <= HOUR


@pytest.mark.parametrize("update", ["state = 'refused'", "failure_class = 'transient'", "state = 'cancelled'"])
def test_what_is_known_to_have_arrived_nowhere_counts_towards_no_cap(world: World, update: str) -> None:
    _sent_ago(world, HOUR, "Ann")
    world.rows(f"UPDATE message SET {update} WHERE state = 'accepted'")

    assert isinstance(world.claim(_another(world, "Ben")), Claimed)


def test_another_client_and_another_number_have_caps_of_their_own(world: World) -> None:
    _sent_ago(world, HOUR, "Ann")
    elsewhere = world.run(lead=world.lead("Ben", phone="+13035550124"))

    assert PHONE != "+13035550124"
    assert isinstance(world.claim(elsewhere), Claimed)


def test_an_enrolment_has_six_messages_and_then_no_more(world: World) -> None:
    run = world.run()
    world.rows(
        """
        INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel, provider, address,
            address_hash, time_zones, immediate, consent_needed, subject, body, content_hash, state, lifetime, fence, checks_done,
            gate, accepted_at)
        SELECT gen_random_uuid(), client_id, run_id, 'k' || n, 'other' || n, 1, 0, 'contact', 'sms', 'twilio', 'elsewhere', 'else',
            '{}', false, 1, '', '', 'h', 'accepted', interval '1 day', 1, 0, '[]', clock_timestamp() - interval '20 days'
        FROM message, generate_series(1, 6) n WHERE run_id = :run AND step = 'hello'
        """,
        run=run,
    )

    result = world.claim(run)

    assert result == NotSent(message_id=world.message(run)["id"], reason=NotSentReason.FOLLOW_UP_OVER)
    assert world.message(run)["state"] == "cancelled"
    assert [row["reason"] for row in world.events("message_not_sent")] == ["follow_up_over"]


def test_follow_up_ends_two_weeks_after_the_person_was_last_in_contact(world: World) -> None:
    run = world.run()
    world.rows("UPDATE run SET requested_at = requested_at - interval '14 days 1 minute' WHERE id = :run", run=run)
    heard = world.run(lead=world.lead("Ben", phone="+13035550124"))
    world.rows("UPDATE run SET requested_at = requested_at - interval '14 days 1 minute' WHERE id = :run", run=heard)
    world.rows("UPDATE lead SET occurred_at = clock_timestamp() - interval '1 day' WHERE first_name = 'Ben'")

    assert world.claim(run) == NotSent(message_id=world.message(run)["id"], reason=NotSentReason.FOLLOW_UP_OVER)
    assert isinstance(world.claim(heard), Claimed)


@pytest.mark.parametrize(("kind", "waits"), [("incident_notice", True), ("report_digest", False)])
def test_an_open_incident_of_the_same_person_makes_others_wait(world: World, kind: str, waits: bool) -> None:
    urgent, run = _another(world, "Ann"), _another(world, "Ben")
    world.rows("UPDATE run SET kind = :kind WHERE id = :run", kind=kind, run=urgent)

    held = world.claim(run)

    assert isinstance(held, Held if waits else Claimed)
    if isinstance(held, Held):
        assert (held.reason, held.until) == (HoldReason.GIVES_WAY, None)
        assert isinstance(world.claim(urgent), Claimed)
        world.rows("UPDATE run SET closed_at = clock_timestamp() WHERE id = :run", run=urgent)
        world.rows(
            "UPDATE message SET accepted_at = clock_timestamp() - interval '1 day', lease_until = NULL WHERE state = 'dispatching'"
        )
        assert isinstance(world.claim(run), Claimed)


def test_an_address_that_failed_in_passing_may_be_tried_once_more_within_the_gap(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.rows(
        "UPDATE message SET delivery = 'undelivered', failure_class = :failure WHERE step = 'hello'",
        failure=FailureClass.TRANSIENT,
    )

    assert isinstance(world.claim(run, occurrence=2), Claimed)
