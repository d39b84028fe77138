"""What may have left, and no list can tell, waits for a person after a restore."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from models.identity import callback_token
from models.sealing import KeyRing
from models.sending import Claimed, HoldReason
from tests.database.restoring import (
    Backup,
    compared,
    held_since,
    hold,
    let_go,
    reason_of,
    restored,
    send,
)
from tests.database.world import KEY, PHONE, World
from tests.standins.program import Program


async def test_a_message_of_a_run_that_is_lost_stays_foreign_and_its_recipient_gets_no_second_one(
    world: World, twilio: Program, backup: Backup
) -> None:
    known = world.run(lead=world.lead("Max"))
    copy = backup.take()
    lost = world.run()
    await asyncio.to_thread(send, world, lost, twilio.base_url)
    after = restored(world, copy)
    hold(after)

    report = await compared(after, twilio)
    let_go(after)

    assert (report["bound"], report["foreign_new"], report["to_person"]) == (0, 1, 3)  # its text, and two emails
    [foreign] = after.rows("SELECT * FROM foreign_message")
    assert PHONE not in str(dict(foreign))
    assert reason_of(after, known) is HoldReason.POSSIBLE_DUPLICATE
    [task] = [task for task in after.tasks("possible_duplicate") if task["message_id"] == after.message(known)["id"]]
    assert task["evidence"]["provider_message_id"] == foreign["provider_message_id"]
    after.rows("UPDATE owner_task SET closed_at = clock_timestamp() WHERE id = :id", id=task["id"])
    again = await compared(after, twilio)
    assert (again["foreign_new"], again["foreign_known"], again["to_person"]) == (0, 1, 0)
    assert isinstance(after.claim(known), Claimed)


async def test_among_several_messages_of_one_text_nobody_guesses(world: World, twilio: Program, backup: Backup) -> None:
    one, two = world.run(), world.run(lead=world.lead())
    after = await held_since(world, backup, twilio, one)

    report = await compared(after, twilio)
    let_go(after)

    assert (report["bound"], report["foreign_new"]) == (0, 1)
    assert reason_of(after, one) is reason_of(after, two) is HoldReason.POSSIBLE_DUPLICATE


async def test_emails_wait_for_a_person_whose_answer_stands(world: World, twilio: Program, backup: Backup) -> None:
    run = world.run()
    after = restored(world, backup.take())
    hold(after)
    await compared(after, twilio)
    assert len(after.tasks("possible_duplicate")) == 1
    after.rows("UPDATE owner_task SET closed_at = clock_timestamp() WHERE kind = 'possible_duplicate'")

    await compared(after, twilio)
    let_go(after)

    assert after.tasks("possible_duplicate") == []
    assert isinstance(after.claim(run, "mail"), Claimed)


async def test_an_email_that_nobody_has_decided_on_is_held_after_the_release(
    world: World, twilio: Program, backup: Backup
) -> None:
    run = world.run()
    after = restored(world, backup.take())
    hold(after)

    await compared(after, twilio)
    let_go(after)

    assert reason_of(after, run, "mail") is HoldReason.POSSIBLE_DUPLICATE
    assert isinstance(after.claim(run), Claimed)


@pytest.mark.parametrize("attempt", [1, 2])
async def test_an_event_of_ses_proves_that_an_email_left(
    world: World, twilio: Program, backup: Backup, attempt: int
) -> None:
    run = world.run()
    after = restored(world, backup.take())
    hold(after)
    _delivery_is_on_record(after, run, "e1", attempt=attempt)

    await compared(after, twilio)

    message = after.message(run, "mail")
    assert (message["state"], message["provider_message_id"], message["delivery"]) == ("accepted", "ses-1", "delivered")
    assert after.one("SELECT state FROM inbox WHERE source = 'ses'")["state"] == "done"
    assert [row["step"] for row in after.rows("SELECT step FROM undo")] == [f"send:{message['id']}"]
    assert after.tasks("possible_duplicate") == []


@pytest.mark.parametrize("kind", ["status", "event"])
async def test_a_report_that_cannot_be_unsealed_is_set_aside_and_blocks_no_comparison(
    world: World, twilio: Program, backup: Backup, kind: str
) -> None:
    run = world.run()
    after = restored(world, backup.take())
    hold(after)
    _delivery_is_on_record(after, run, "e1", kind, KeyRing({"lost": bytes(32)}, "lost"))
    _delivery_is_on_record(after, run, "e2")

    await compared(after, twilio)

    assert after.message(run, "mail")["state"] == "accepted"
    [unsealed] = after.rows("SELECT id FROM inbox WHERE dedupe_key = 'e1' AND state = 'poison'")
    [task] = after.tasks("inbound_poison")
    assert (task["owner"], task["subject"]) == ("engineer", str(unsealed["id"]))


def _delivery_is_on_record(
    world: World, run: UUID, key: str, kind: str = "event", ring: KeyRing | None = None, attempt: int = 1
) -> None:
    """Keep what SES says of a run's email, as of one that nobody knew."""
    token = callback_token(KEY, world.message(run, "mail")["id"], attempt)
    event = {"eventType": "Delivery", "mail": {"messageId": "ses-1", "tags": {"send_token": [token]}}}
    sealed = ring or world.ring
    world.rows(
        "INSERT INTO inbox (id, source, dedupe_key, kind, state, tries, sealed_with, sealed_body) "
        "VALUES (:id, 'ses', :key, :kind, 'orphan', 0, :sealed_with, :body)",
        id=uuid4(),
        key=key,
        kind=kind,
        sealed_with=sealed.active,
        body=sealed.seal(json.dumps(event).encode()),
    )
