"""The outreach process, path by path: what is sent, what comes back, and how it ends."""

import asyncio
from datetime import timedelta

from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.provider_answers import Answer, AnswerKind, lost_answer
from models.terms import Channel, ConsentKind, OutreachOutcome
from tests.opened_history import opened
from tests.workflows.world import EMAIL, PHONE, World, a_step

LONG = 60.0


async def test_a_reply_ends_the_sequence_and_hands_the_lead_over(world: World) -> None:
    await world.start(a_step("hello", listens=LONG), a_step("again"))
    await world.until_sent()
    await world.reply("Yes, please call me")

    assert await world.outcome() is OutreachOutcome.REPLIED
    assert [envelope.to for envelope in world.sms.sent] == [PHONE]
    assert len(world.crm.records) == 1
    assert world.scalar("SELECT count(*) FROM undo WHERE run_id = :run AND step = 'handoff'") == 1
    assert world.scalar("SELECT count(*) FROM owner_task WHERE run_id = :run AND kind = 'answer_reply'") == 1


async def test_silence_moves_on_to_the_next_step_and_ends_unanswered(world: World) -> None:
    await world.start(a_step("hello"), a_step("letter", Channel.EMAIL))

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)


async def test_an_opt_out_ends_it_at_once(world: World) -> None:
    await world.start(a_step("hello", listens=LONG), a_step("again"))
    await world.until_sent()
    await world.reply("STOP")

    assert await world.outcome() is OutreachOutcome.OPTED_OUT
    assert world.crm.records == {}


async def test_a_lead_without_consent_is_never_written_to(world: World) -> None:
    await world.start(a_step("hello"), consents=None)

    assert await world.outcome() is OutreachOutcome.NO_CONSENT
    assert world.sms.sent == []


async def test_an_opt_out_of_long_ago_still_holds_and_names_the_end(world: World) -> None:
    await world.start(a_step("hello"), opted_out_before=True)

    assert await world.outcome() is OutreachOutcome.OPTED_OUT
    assert world.sms.sent == []


async def test_a_step_waits_until_it_is_due_and_a_reply_cuts_the_wait_short(world: World) -> None:
    await world.start(a_step("hello", listens=0.2), a_step("letter", Channel.EMAIL, delay=LONG))
    await world.until_sent()
    await asyncio.sleep(0.3)
    await world.reply("Call me")

    assert await world.outcome() is OutreachOutcome.REPLIED
    assert world.email.sent == []


async def test_a_number_that_cannot_receive_texts_gets_an_email_at_once(world: World) -> None:
    world.sms.will(Answer(kind=AnswerKind.REFUSED, code="21614", failure_class=FailureClass.BAD_CONTACT))
    await world.start(a_step("hello", listens=LONG), a_step("again", listens=LONG), a_step("letter", Channel.EMAIL))

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)


async def test_a_failed_delivery_that_may_pass_is_repeated_once_as_a_second_occurrence(world: World) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    await world.reports(Delivery.UNDELIVERED, FailureClass.TRANSIENT, reason="30003")
    await world.until_sent(2)
    await world.reports(Delivery.UNDELIVERED, FailureClass.TRANSIENT, reason="30003")

    assert await world.outcome() is OutreachOutcome.UNREACHABLE
    assert world.scalar("SELECT max(occurrence) FROM message WHERE run_id = :run") == 2


async def test_a_refusal_to_wait_is_tried_again_until_it_is_accepted(world: World) -> None:
    busy = Answer(kind=AnswerKind.TRY_LATER, code="20429", retry_after=timedelta(seconds=0.1))
    world.sms.will(busy, busy)
    await world.start(a_step("hello"))

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.sms.sent) == 3
    assert world.scalar("SELECT count(*) FROM attempt") == 3


async def test_a_lost_answer_is_never_sent_again_and_a_callback_resolves_it(world: World) -> None:
    world.sms.will(lost_answer("ReadTimeout"))
    await world.start(a_step("hello", listens=0.5))
    await world.until("SELECT state FROM message WHERE run_id = :run", "unknown")
    await world.reports(Delivery.SENT)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.sms.sent) == 1


async def test_a_set_up_refusal_pauses_the_channel_and_goes_on_after_the_resume(world: World) -> None:
    world.sms.will(Answer(kind=AnswerKind.PROVIDER_SETUP, code="20003", failure_class=FailureClass.CONFIG))
    await world.start(a_step("hello"))
    await world.until("SELECT reason FROM message WHERE run_id = :run", "paused")
    scope = world.scalar("SELECT scope FROM pause WHERE paused")
    await world.pause(scope, False)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.sms.sent) == 2


async def test_a_run_that_cannot_be_planned_goes_to_a_person_with_the_reason(world: World) -> None:
    await world.start(a_step("hello"), client_phone="", sms_text="Call {{ client_phone }}. Reply STOP to opt out.")

    assert await world.outcome() is OutreachOutcome.GIVEN_TO_PERSON
    assert "phone" in world.scalar("SELECT evidence ->> 'why' FROM owner_task WHERE run_id = :run")


async def test_a_failed_delivery_that_is_reported_while_the_call_hangs_is_not_forgotten(world: World) -> None:
    world.sms.hangs(1.0)
    await world.start(a_step("hello", listens=LONG), a_step("letter", Channel.EMAIL))
    await world.until("SELECT state FROM message WHERE run_id = :run AND step = 'hello'", "dispatching")
    await world.until("SELECT count(*) FROM attempt", 1)
    await asyncio.sleep(0.3)
    await world.reports(Delivery.UNDELIVERED, FailureClass.BAD_CONTACT, reason="30005")

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.email.sent) == 1


async def test_a_crm_that_refuses_leaves_the_lead_to_a_person(world: World) -> None:
    world.crm.refuses = True
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    await world.reply("Call me")

    assert await world.outcome() is OutreachOutcome.REPLIED
    assert world.scalar("SELECT count(*) FROM owner_task WHERE kind = 'handoff_failed'") == 1


async def test_a_lead_that_no_channel_reaches_goes_to_a_person(world: World) -> None:
    await world.start(a_step("hello"), phone="", email="", consents=ConsentKind.CONVERSATIONAL)

    assert await world.outcome() is OutreachOutcome.UNREACHABLE
    assert world.scalar("SELECT count(*) FROM owner_task WHERE run_id = :run") == 1


async def test_a_history_holds_ids_and_enums_but_no_personal_data_even_decrypted(world: World) -> None:
    world.sms.will(Answer(kind=AnswerKind.REFUSED, code="21614", failure_class=FailureClass.BAD_CONTACT))
    await world.start(a_step("hello", listens=LONG), a_step("letter", Channel.EMAIL, listens=LONG))
    await world.until_sent()
    await world.reply("Please call me about the boiler")
    await world.outcome()

    history = await opened(await world.handle.fetch_history(), world.ring)
    assert f'"run_id":"{world.run_id}"' in history  # it was decrypted
    for secret in (PHONE, PHONE[2:], EMAIL, "Zephyrine", "Acme", "boiler", "How can we help"):
        assert secret not in history
