"""The ledger audited against Twilio's own lists: the real SDK against the stand-in, real rows."""

import asyncio
from datetime import timedelta

from activities.providers.twilio_sms import TwilioSms
from models.audit import ProviderCall, ProviderRecord
from models.database.audit import audit
from models.database.recovery.audits import VIOLATION_TASK
from models.patience_settings import TimerSettings
from tests.database.auditing import audited, past_the_ledger, sends, violated
from tests.database.outage import backfiller, somebody_texts, twilio_settings
from tests.database.restoring import hold
from tests.database.world import World
from tests.standins.program import Program


async def test_what_the_list_and_the_ledger_agree_on_is_clean(world: World, twilio: Program) -> None:
    await sends(world, twilio, world.run())
    world.text("Thanks", provider_id=await somebody_texts(twilio, "Thanks"))

    report = await audited(world, twilio)

    assert violated(report) == {}
    assert (report.totals.provider_acceptances, report.totals.lost) == (1, 0)
    kept = world.one("SELECT report, done, error, finished_at FROM inquiry")
    assert (kept["report"]["clean"], kept["report"]["providers"]) == (True, ["twilio"])
    assert (kept["done"], kept["error"]) == (1, "")
    assert kept["finished_at"] is not None
    assert world.tasks(VIOLATION_TASK) == []


async def test_a_message_sent_past_the_ledger_is_named(world: World, twilio: Program) -> None:
    await sends(world, twilio, world.run())
    sid = await past_the_ledger(twilio)

    report = await audited(world, twilio)

    assert violated(report) == {"I3": (f"twilio/{sid}",)}
    assert report.totals.lost == 1


async def test_what_is_younger_than_a_lease_is_left_to_the_next_audit(world: World, twilio: Program) -> None:
    await past_the_ledger(twilio)
    await somebody_texts(twilio, "Hello?")

    assert violated(await audited(world, twilio, TimerSettings())) == {}


async def test_the_same_text_sent_once_more_past_the_ledger_is_named(world: World, twilio: Program) -> None:
    run = world.run()
    await sends(world, twilio, run)
    sid = await past_the_ledger(twilio, world.message(run)["body"])

    assert violated(await audited(world, twilio)) == {"I3": (f"twilio/{sid}",), "I15": (f"twilio/{sid}",)}


async def test_a_text_that_the_inbox_lacks_is_named_until_it_is_taken_in(world: World, twilio: Program) -> None:
    sid = await somebody_texts(twilio, "STOP")

    assert violated(await audited(world, twilio)) == {"I17": (sid,)}

    await asyncio.to_thread(backfiller(world, twilio.base_url).sweep)
    assert violated(await audited(world, twilio)) == {}


async def test_an_acceptance_that_only_the_ledger_knows_is_named(world: World, twilio: Program) -> None:
    claimed = world.sent(world.run())

    assert violated(await audited(world, twilio)) == {"I4": (str(claimed.message_id),)}


async def test_what_left_before_the_list_begins_is_not_looked_for(world: World, twilio: Program) -> None:
    run = world.run()
    world.sent(run)
    world.passes(run, timedelta(hours=2))
    world.rows("UPDATE message SET accepted_at = clock_timestamp()")  # as if a person had told of it just now

    assert violated(await audited(world, twilio)) == {}


async def test_a_call_that_was_made_after_the_list_was_read_is_not_looked_for(world: World, twilio: Program) -> None:
    world.sent(world.run())

    assert violated(await audited(world, twilio, TimerSettings())) == {}


async def test_a_call_whose_answer_is_not_known_yet_is_no_alarm(world: World, twilio: Program) -> None:
    await sends(world, twilio, world.run(), "accept_then_reset")
    await sends(world, twilio, world.run(lead=world.lead(phone="+13035550177")))
    under_way = world.claimed(world.run(lead=world.lead(phone="+13035550188")))
    sms = TwilioSms(twilio_settings(twilio.base_url), "http://127.0.0.1:9/status")
    await asyncio.to_thread(sms.send, under_way.envelope)

    report = await audited(world, twilio)

    assert violated(report) == {}
    assert (report.totals.provider_acceptances, report.totals.in_doubt) == (3, 2)


async def test_wording_that_the_provider_has_normalised_is_no_alarm(world: World, twilio: Program) -> None:
    run = world.run()
    body = world.message(run)["body"]
    await sends(world, twilio, run, body=body.replace(" ", "\u00a0 ") + "\n")

    assert violated(await audited(world, twilio)) == {}


async def test_other_words_than_the_stored_ones_are_an_alarm(world: World, twilio: Program) -> None:
    run = world.run()
    await sends(world, twilio, run, body="Something else")

    assert violated(await audited(world, twilio)) == {"I13": (str(world.message(run)["id"]),)}


async def test_an_audit_explains_no_call_that_a_restored_ledger_has_lost(world: World) -> None:
    at = world.one("SELECT clock_timestamp() - interval '30 minutes' AS at")["at"]
    refused = ProviderRecord([ProviderCall("twilio", 1, at, "create_message", accepted=False)])
    world.rows("UPDATE ledger_epoch SET incarnation = 'that of the backup'")
    assert hold(world)
    await audited(world, None)

    assert audit(world.engine, refused).bad("I3") == 1
    world.rows("UPDATE inquiry SET kind = 'reconcile'")
    assert audit(world.engine, refused).bad("I3") == 0
