import json
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from models.database.engine import transaction
from models.database.inbound.arrivals import Arrival, store
from models.database.inbound.consuming import MOST_TRIES, WaitingReports
from models.identity import TOKEN_TAG, token_hash
from models.sealing import KeyRing
from models.sending import Claimed
from tests.database.trouble import DEADLOCK, DISK_FULL, OF_THE_ROW, refusing
from tests.database.world import PHONE, World

SID = "SM" + "a" * 32
LOST = KeyRing({"lost": bytes(32)}, "lost")


def a_status(claimed: Claimed, status: str, code: str = "", sid: str = SID) -> Arrival:
    raw = f"MessageSid={sid}&MessageStatus={status}&ErrorCode={code}".encode()
    return Arrival("twilio", f"{sid}|{status}|{code}", "status", raw, token_hash(claimed.envelope.token))


def an_event(claimed: Claimed, kind: str = "Delivery") -> Arrival:
    mail = {"messageId": "ses-1", "tags": {TOKEN_TAG: [claimed.envelope.token]}}
    return Arrival(
        "ses", f"{kind} of {claimed.message_id}", "event", json.dumps({"eventType": kind, "mail": mail}).encode()
    )


@pytest.fixture
def waiting(world: World) -> WaitingReports:
    return WaitingReports(world.engine, world.ring)


def consume(waiting: WaitingReports) -> list[bool]:
    return [waiting.settle(inbox_id) for inbox_id in waiting.due()]


def states(world: World) -> list[str]:
    return [row["state"] for row in world.rows("SELECT state FROM inbox ORDER BY received_at")]


def test_a_report_is_stored_once_and_takes_effect_once(world: World, waiting: WaitingReports) -> None:
    run = world.run()
    arrival = a_status(world.claimed(run), "delivered")

    assert store(world.engine, world.ring, [arrival, arrival]) == 1
    assert store(world.engine, world.ring, [arrival]) == 0
    assert world.message(run)["state"] == "dispatching"
    assert consume(waiting) == [True]
    assert consume(waiting) == []

    assert (world.message(run)["state"], world.message(run)["delivery"]) == ("accepted", "delivered")
    assert len(world.rows("SELECT * FROM evidence")) == 1
    assert states(world) == ["done"]


def test_what_is_stored_is_sealed_and_its_token_is_not_kept(world: World) -> None:
    claimed = world.claimed(world.run())
    store(world.engine, world.ring, [a_status(claimed, "sent")])

    kept = world.one("SELECT * FROM inbox")
    assert SID.encode() not in bytes(kept["sealed_body"])
    assert claimed.envelope.token not in str(dict(kept))


def test_an_event_finds_its_message_by_the_tag(world: World, waiting: WaitingReports) -> None:
    run = world.run()
    store(world.engine, world.ring, [an_event(world.claimed(run, "mail"))])
    consume(waiting)

    message = world.message(run, "mail")
    assert (message["state"], message["delivery"], message["provider_message_id"]) == ("accepted", "delivered", "ses-1")


def test_an_opt_out_that_twilio_reports_is_committed_with_its_evidence(world: World, waiting: WaitingReports) -> None:
    run = world.run()
    store(world.engine, world.ring, [a_status(world.claimed(run), "failed", "21610")])
    consume(waiting)

    together = world.rows("SELECT xmin FROM evidence UNION SELECT xmin FROM consent WHERE status = 'revoked' "
                          "UNION SELECT xmin FROM inbox")  # fmt: skip
    assert len(together) == 1
    assert world.control.look(run).opted_out


def test_the_oldest_come_first(world: World, waiting: WaitingReports) -> None:
    claimed = world.claimed(world.run())
    for status in ("delivered", "queued", "sent"):
        store(world.engine, world.ring, [a_status(claimed, status)])

    oldest_first = [row["id"] for row in world.rows("SELECT id FROM inbox ORDER BY received_at")]
    assert waiting.due() == oldest_first


def test_one_that_another_process_is_settling_is_left_to_it(world: World, waiting: WaitingReports) -> None:
    claimed = world.claimed(world.run())
    store(world.engine, world.ring, [a_status(claimed, "queued"), a_status(claimed, "sent")])
    first, second = waiting.due()

    with transaction(world.engine) as session:
        session.execute(text("SELECT 1 FROM inbox WHERE id = :id FOR UPDATE"), {"id": first})
        assert (waiting.settle(first), waiting.settle(second)) == (False, True)

    assert waiting.due() == [first]
    assert waiting.settle(first)


def test_an_unknown_token_is_an_engineers_task_at_once(world: World, waiting: WaitingReports) -> None:
    claimed = world.claimed(world.run())
    store(world.engine, world.ring, [replace(a_status(claimed, "sent"), token_hash=token_hash("nobody"))])

    assert consume(waiting) == [True]
    assert states(world) == ["orphan"]
    assert [task["owner"] for task in world.tasks("inbound_orphan")] == ["engineer"]


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("status", b""),
        ("status", b"\xff"),
        ("status", b"MessageSid=SM1&MessageStatus=sent"),
        ("status", f"MessageSid={SID}&MessageStatus=sent%00".encode()),
        ("status", f"MessageSid={SID}&MessageStatus=sent&ErrorCode=x".encode()),
        ("event", b"{"),
        ("event", b"[]"),
        ("event", b'{"eventType": "Delivery"}'),
        ("event", b'{"eventType": "Delivery", "mail": {"messageId": "1", "tags": 3}}'),
    ],
)
def test_what_cannot_be_read_is_poison_and_stays_sealed(
    world: World, waiting: WaitingReports, kind: str, raw: bytes
) -> None:
    store(world.engine, world.ring, [Arrival("twilio", "key", kind, raw)])

    assert consume(waiting) == [True]
    assert states(world) == ["poison"]
    assert [task["owner"] for task in world.tasks("inbound_poison")] == ["engineer"]
    kept = world.one("SELECT sealed_with, sealed_body FROM inbox")
    assert world.ring.open(kept["sealed_with"], bytes(kept["sealed_body"])) == raw


def _altered(world: World, claimed: Claimed) -> UUID:
    """Store a report whose bytes can no longer be opened."""
    store(world.engine, world.ring, [a_status(claimed, "queued")])
    altered: UUID = world.one("UPDATE inbox SET sealed_body = '' RETURNING id")["id"]
    return altered


def _sealed_with_another_key(world: World, claimed: Claimed) -> UUID:
    store(world.engine, LOST, [a_status(claimed, "queued")])
    found: UUID = world.one("SELECT id FROM inbox WHERE sealed_with = 'lost'")["id"]
    return found


def test_one_that_fails_is_tried_later_and_does_not_stop_the_others(world: World, waiting: WaitingReports) -> None:
    run = world.run()
    claimed = world.claimed(run)
    failing = _altered(world, claimed)
    store(world.engine, world.ring, [a_status(claimed, "delivered")])

    assert consume(waiting) == [False, True]

    assert world.message(run)["delivery"] == "delivered"
    assert world.one("SELECT tries FROM inbox WHERE id = :id", id=failing)["tries"] == 1
    assert waiting.due() == []  # for a second


def test_one_that_fails_again_and_again_is_given_to_an_engineer(world: World, waiting: WaitingReports) -> None:
    failing = _altered(world, world.claimed(world.run()))
    for _ in range(MOST_TRIES):
        assert world.tasks() == []
        assert states(world) == ["waiting"]
        waiting.settle(failing)

    assert states(world) == ["poison"]
    [task] = world.tasks("inbound_poison")
    assert (task["owner"], task["subject"]) == ("engineer", str(failing))
    assert PHONE not in str(world.rows("SELECT * FROM event"))


@pytest.mark.parametrize("trouble", [DISK_FULL, DEADLOCK])
def test_a_database_in_trouble_is_no_fault_of_a_report(world: World, waiting: WaitingReports, trouble: str) -> None:
    run = world.run()
    store(world.engine, world.ring, [a_status(world.claimed(run), "delivered")])

    with refusing(world, "INSERT ON evidence", trouble):
        for _ in range(2 * MOST_TRIES):
            assert consume(waiting) == [False]

    assert world.one("SELECT tries, state FROM inbox") == {"tries": 0, "state": "waiting"}
    assert consume(waiting) == [True]
    assert world.message(run)["delivery"] == "delivered"


def test_a_mistake_at_the_same_place_is_that_of_the_report(world: World, waiting: WaitingReports) -> None:
    store(world.engine, world.ring, [a_status(world.claimed(world.run()), "delivered")])

    with refusing(world, "INSERT ON evidence", OF_THE_ROW):
        assert consume(waiting) == [False]

    assert world.one("SELECT tries FROM inbox")["tries"] == 1


def test_what_waits_for_a_key_waits_without_end_and_keeps_nothing_else_waiting(
    world: World, waiting: WaitingReports
) -> None:
    run = world.run()
    claimed = world.claimed(run)
    sealed = _sealed_with_another_key(world, claimed)
    store(world.engine, world.ring, [a_status(claimed, "delivered")])

    for _ in range(2 * MOST_TRIES):
        assert not waiting.settle(sealed)
    assert sealed not in waiting.due()
    assert consume(waiting) == [True]

    assert world.message(run)["delivery"] == "delivered"
    assert sorted(states(world)) == ["done", "waiting"]
    both = WaitingReports(world.engine, KeyRing({"k1": bytes(32), "lost": bytes(32)}, "k1"))
    assert consume(both) == [True]


def test_a_key_that_is_missing_is_an_engineers_task_until_nothing_waits_for_it(
    world: World, waiting: WaitingReports
) -> None:
    _sealed_with_another_key(world, world.claimed(world.run()))

    assert waiting.tell_of_missing_keys() == []  # another process may have it
    assert waiting.tell_of_missing_keys(patience=0) == ["lost"]
    assert waiting.tell_of_missing_keys(patience=0) == []

    [task] = world.tasks("sealing_key_missing")
    assert (task["owner"], task["subject"]) == ("engineer", "lost")
    both = WaitingReports(world.engine, KeyRing({"k1": bytes(32), "lost": bytes(32)}, "k1"))
    consume(both)
    both.tell_of_missing_keys()
    assert world.tasks("sealing_key_missing") == []
