"""What left after the backup is found in Twilio's list by the real SDK, and written down again."""

import asyncio
from pathlib import Path

import pytest

from activities.providers.twilio_sms import TwilioSms
from models.audit import log_files, read_record
from models.database.audit import audit
from models.database.recovery.ledger_epoch import NotReleasable
from models.provider_answers import lost_answer, no_connection
from models.sending import Claimed, HoldReason, Sent
from models.terms import ApprovalPolicy, OutreachOutcome
from tests.database.outage import twilio_settings
from tests.database.restoring import (
    Backup,
    another_run,
    compared,
    held_since,
    hold,
    let_go,
    reason_of,
    recovery,
    restored,
    send,
    wanted,
)
from tests.database.world import World
from tests.standins.program import Program
from tests.standins.twilio_client import client


async def test_nothing_is_sent_twice_after_a_restore(
    world: World, twilio: Program, backup: Backup, tmp_path: Path
) -> None:
    early, late, waiting = world.run(), another_run(world, 201), another_run(world, 202)
    await asyncio.to_thread(send, world, early, twilio.base_url)
    copy = backup.take()
    sid = await asyncio.to_thread(send, world, late, twilio.base_url)
    after = restored(world, copy)

    assert reason_of(after, late) is HoldReason.LEDGER_UNVERIFIED
    assert hold(after)
    assert not hold(after)
    report = await compared(after, twilio)
    assert reason_of(after, late) is None  # it is not ready any more
    assert reason_of(after, waiting) is HoldReason.LEDGER_UNVERIFIED
    assert let_go(after)

    assert (report["read"], report["bound"], report["foreign_new"], report["inbound"]) == (2, 1, 0, 0)
    assert isinstance(after.claim(late), Sent)
    message = after.message(late)
    assert (message["state"], message["provider_message_id"], message["fence"]) == ("accepted", sid, 1)
    assert [(row["worker"], row["outcome"]) for row in after.attempts(late)] == [("recovered", "accepted")]
    assert len(await twilio.log("create_message")) == 2
    audited = audit(after.engine, read_record(log_files([tmp_path])))
    assert audited.is_clean, [finding for finding in audited.findings if finding.bad]
    assert (audited.totals.provider_acceptances, audited.totals.duplicates, audited.totals.lost) == (2, 0, 0)
    assert isinstance(after.claim(waiting), Claimed)


async def test_an_audit_explains_what_was_lost_only_by_a_recovery(
    world: World, twilio: Program, backup: Backup, tmp_path: Path
) -> None:
    known, refused = world.run(), another_run(world, 204)
    copy = backup.take()
    lost = another_run(world, 203)
    await asyncio.to_thread(send, world, known, twilio.base_url)
    await asyncio.to_thread(send, world, lost, twilio.base_url)
    await twilio.spoil("rate_limit", "+13035550204", operation="create_message")
    sms = TwilioSms(twilio_settings(twilio.base_url), "http://127.0.0.1:9/status")
    await asyncio.to_thread(sms.send, world.claimed(refused).envelope)
    after = restored(world, copy)
    record = read_record(log_files([tmp_path]))
    before = audit(after.engine, record)

    hold(after)
    await compared(after, twilio)

    report = audit(after.engine, record)
    assert (before.bad("I3"), before.totals.lost) == (3, 2)
    assert report.is_clean, [finding for finding in report.findings if finding.bad]
    assert report.totals.lost == 0
    after.rows("UPDATE evidence SET reason = 'listed' WHERE reason = 'recovered'")
    assert audit(after.engine, record).bad("I3") == 1


async def test_a_recovered_message_is_explained_even_if_another_attempt_had_made_the_call(
    world: World, twilio: Program, backup: Backup, tmp_path: Path
) -> None:
    run = world.run()
    copy = backup.take()
    world.ledger.record(world.claimed(run), no_connection("ConnectError"))
    await asyncio.to_thread(send, world, run, twilio.base_url)
    assert world.message(run)["fence"] == 2
    after = restored(world, copy)
    hold(after)

    await compared(after, twilio)

    assert after.message(run)["fence"] == 1
    report = audit(after.engine, read_record(log_files([tmp_path])))
    assert report.is_clean, [finding for finding in report.findings if finding.bad]


async def test_what_was_in_doubt_at_the_backup_is_found(world: World, twilio: Program, backup: Backup) -> None:
    run = world.run()
    claim = world.claimed(run)
    copy = backup.take()
    sms = TwilioSms(twilio_settings(twilio.base_url), "http://127.0.0.1:9/status")
    answer = await asyncio.to_thread(sms.send, claim.envelope)
    world.ledger.record(claim, lost_answer("ReadTimeout"))
    after = restored(world, copy)
    hold(after)

    await compared(after, twilio)

    assert after.message(run)["provider_message_id"] == answer.provider_id
    assert [row["worker"] for row in after.attempts(run)] == ["worker-1"]


async def test_what_became_of_a_recovered_message_is_taken_from_the_list(
    world: World, twilio: Program, backup: Backup
) -> None:
    run = world.run(lead=world.lead(phone="+13035550179"))  # the stand-in lets this ending be unreachable once
    copy = backup.take()
    sid = await asyncio.to_thread(send, world, run, twilio.base_url)
    async with asyncio.timeout(10):
        while (await _status(twilio, sid)) != "undelivered":
            await asyncio.sleep(0.05)
    after = restored(world, copy)
    hold(after)

    await compared(after, twilio)

    message = after.message(run)
    assert (message["state"], message["delivery"]) == ("accepted", "undelivered")
    assert message["failure_class"] is not None


async def test_a_message_whose_approval_is_lost_too_is_still_known_to_have_left(
    world: World, twilio: Program, backup: Backup
) -> None:
    run = world.run(ApprovalPolicy.RUN)
    copy = backup.take()
    world.decide(run)
    sid = await asyncio.to_thread(send, world, run, twilio.base_url)
    after = restored(world, copy)
    assert after.message(run)["state"] == "planned"
    hold(after)

    await compared(after, twilio)

    assert (after.message(run)["state"], after.message(run)["provider_message_id"]) == ("accepted", sid)


async def test_a_message_that_was_cancelled_or_suppressed_since_the_restore_is_known_to_have_left(
    world: World, twilio: Program, backup: Backup
) -> None:
    ended, opted_out = world.run(), another_run(world, 205)
    copy = backup.take()
    for run in (ended, opted_out):
        await asyncio.to_thread(send, world, run, twilio.base_url)
    after = restored(world, copy)
    hold(after)
    after.control.close(ended, OutreachOutcome.NO_RESPONSE)  # its workflow knows of the message, and of no answer
    after.opt_out("+13035550205")
    assert [after.message(run)["state"] for run in (ended, opted_out)] == ["cancelled", "suppressed"]

    report = await compared(after, twilio)

    assert (report["bound"], report["foreign_new"]) == (2, 0)
    assert [after.message(run)["state"] for run in (ended, opted_out)] == ["accepted", "accepted"]
    assert after.tasks("conflicting_evidence") == []


async def test_a_run_that_had_ended_before_the_backup_explains_nothing(
    world: World, twilio: Program, backup: Backup
) -> None:
    ended = world.run()
    world.control.close(ended, OutreachOutcome.STOPPED)
    world.rows("UPDATE run SET closed_at = closed_at - interval '1 hour' WHERE id = :run", run=ended)
    copy = backup.take()
    await asyncio.to_thread(send, world, world.run(), twilio.base_url)
    after = restored(world, copy)
    hold(after)

    report = await compared(after, twilio)

    assert (report["bound"], report["foreign_new"]) == (0, 1)
    assert after.message(ended)["state"] == "cancelled"


async def test_a_second_comparison_changes_nothing(world: World, twilio: Program, backup: Backup) -> None:
    run = world.run()
    after = await held_since(world, backup, twilio, run)
    first = await compared(after, twilio)
    evidence = after.rows("SELECT id FROM evidence")

    second = await compared(after, twilio)

    assert (first["bound"], second["bound"], second["to_person"]) == (1, 0, 0)
    assert after.rows("SELECT id FROM evidence") == evidence


async def test_a_provider_that_does_not_answer_is_waited_for_and_another_worker_goes_on(
    world: World, twilio: Program, backup: Backup
) -> None:
    run = world.run()
    after = await held_since(world, backup, twilio, run)
    asked = wanted(after)

    assert not await asyncio.to_thread(recovery(after, "http://127.0.0.1:9").sweep)

    row = after.one("SELECT error, finished_at FROM inquiry WHERE id = :id", id=asked.id)
    assert (row["error"], row["finished_at"]) == ("twilio list: ConnectionError", None)
    with pytest.raises(NotReleasable):
        let_go(after)
    await asyncio.to_thread(recovery(after, twilio.base_url).sweep)
    assert after.one("SELECT error, done FROM inquiry WHERE id = :id", id=asked.id)["done"] == 1
    assert after.message(run)["state"] == "accepted"


async def test_a_provider_that_is_away_for_long_holds_by_one_outage(world: World, backup: Backup) -> None:
    after = restored(world, backup.take())
    hold(after)
    wanted(after)

    for _ in range(3):
        await asyncio.to_thread(recovery(after, "http://127.0.0.1:9").sweep)

    assert len(after.rows("SELECT id FROM inbound_gap")) == 1
    assert len(after.events("inbound_gap_opened")) == 1


async def _status(twilio: Program, sid: str) -> str:
    fetched = await asyncio.to_thread(client(twilio.base_url).messages(sid).fetch)
    return str(fetched.status)
