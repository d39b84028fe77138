"""Asking for a review, path by path: who is asked, what is sent, what comes of it, and how it ends."""

from datetime import timedelta
from typing import Any

import pytest

from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.provider_answers import Answer, AnswerKind, lost_answer
from models.review_requests.eligibility import JobState, NotAsked
from models.review_requests.terms import ReviewOutcome
from models.terms import Channel, ConsentKind
from tests.opened_history import opened
from tests.review_desk import EMAIL, NAME, PHONE
from tests.workflows.reviews.world import ReviewWorld

LONG = 60.0
REFUSED = Answer(kind=AnswerKind.REFUSED, code="21614", failure_class=FailureClass.BAD_CONTACT)


async def test_a_customer_is_asked_by_text_reminded_by_email_and_then_left_alone(world: ReviewWorld) -> None:
    world.furnish()
    await world.finish()

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert ([e.to for e in world.sms.sent], [e.to for e in world.email.sent]) == ([PHONE], [EMAIL])
    assert world.scalar("SELECT count(*) FROM message WHERE run_id = :run AND state = 'accepted'") == 2
    assert world.scalar("SELECT count(*) FROM owner_task WHERE run_id = :run") == 0


async def test_without_consent_for_the_other_channel_the_reminder_takes_the_same_one(world: ReviewWorld) -> None:
    world.furnish()
    await world.finish(email="")

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert (len(world.sms.sent), len(world.email.sent)) == (2, 0)


@pytest.mark.parametrize("stars", [1, 5])
async def test_a_review_ends_it_alike_whatever_it_says(world: ReviewWorld, stars: int) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_sent()
    await world.use_link()
    await world.review(stars=stars)

    assert await world.ending() is ReviewOutcome.REVIEWED
    assert world.scalar("SELECT match_confidence FROM review_observed WHERE run_id = :run") == "high"
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 0)


async def test_a_review_of_another_name_is_counted_for_nobody(world: ReviewWorld) -> None:
    world.furnish()
    await world.finish()
    await world.until_sent()
    await world.review(name="Somebody Else")

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert world.scalar("SELECT match_confidence FROM review_observed WHERE run_id IS NULL") == "low"


@pytest.mark.parametrize("stars", [1, 5])
async def test_thanks_go_to_whoever_has_surely_left_a_review_if_the_client_wants_it(
    world: ReviewWorld, stars: int
) -> None:
    world.furnish(reminded_after=LONG, thanks=True)
    await world.finish()
    await world.until_sent()
    await world.use_link()
    await world.review(stars=stars)

    assert await world.ending() is ReviewOutcome.REVIEWED
    assert [e.body.startswith("Thank you") for e in world.sms.sent] == [False, True]


async def test_nobody_gets_a_third_message_for_one_job(world: ReviewWorld) -> None:
    world.furnish(observed_for=LONG, thanks=True)
    await world.finish()
    await world.until_sent(2)
    await world.use_link()
    await world.review()

    assert await world.ending() is ReviewOutcome.REVIEWED
    assert len(world.sms.sent) + len(world.email.sent) == 2


async def test_an_answer_ends_the_automation_and_goes_to_a_person(world: ReviewWorld) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_sent()
    await world.reply("Could you send me the invoice again?")

    assert await world.ending() is ReviewOutcome.REPLIED_PRIVATE
    assert world.scalar("SELECT kind FROM owner_task WHERE run_id = :run") == "answer_reply"
    assert world.email.sent == []


async def test_a_complaint_opens_a_task_for_whoever_answers_for_us(world: ReviewWorld) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_sent()
    await world.reply("This is unacceptable, the leak is worse than before and I want my money back")

    assert await world.ending() is ReviewOutcome.COMPLAINT_OPENED
    assert world.scalar("SELECT owner FROM owner_task WHERE kind = 'complaint'") == "incident-owner"


async def test_an_opt_out_ends_it_at_once(world: ReviewWorld) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_sent()
    await world.reply("STOP")

    assert await world.ending() is ReviewOutcome.SUPPRESSED
    assert world.scalar("SELECT not_asked FROM job WHERE run_id = :run") == "opted_out"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_staff_or_family": True}, NotAsked.STAFF_OR_FAMILY),
        ({"is_minor": True}, NotAsked.MINOR),
        ({"consents": None}, NotAsked.NO_CONSENT),
        ({"consents": ConsentKind.CONVERSATIONAL}, NotAsked.NO_CONSENT),
        ({"ago": timedelta(days=8)}, NotAsked.TOO_LONG_AGO),
    ],
    ids=lambda value: value.value if isinstance(value, NotAsked) else "",
)
async def test_who_must_not_be_asked_is_not_and_the_reason_is_kept(
    world: ReviewWorld, change: dict[str, Any], reason: NotAsked
) -> None:
    world.furnish()
    await world.finish(**change)

    assert await world.ending() is ReviewOutcome.SUPPRESSED
    assert world.scalar("SELECT not_asked FROM job WHERE run_id = :run") == reason
    assert world.events("review_not_asked")[0].reason == reason
    assert world.sms.sent == world.email.sent == []


async def test_a_job_that_is_not_done_is_not_asked_about(world: ReviewWorld) -> None:
    world.furnish()
    await world.finish(state=JobState.CANCELLED)

    assert await world.ending() is ReviewOutcome.CANCELLED
    assert world.sms.sent == []


async def test_a_refund_after_the_request_ends_it_before_the_reminder(world: ReviewWorld) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_sent()
    await world.change(JobState.REFUNDED)

    assert await world.ending() is ReviewOutcome.CANCELLED
    assert world.email.sent == []


async def test_the_same_job_reported_twice_has_one_request(world: ReviewWorld) -> None:
    world.furnish()
    first = await world.finish()
    again = await world.finish()

    assert (again.run_id, again.known, again.changed) == (first.run_id, True, False)
    assert await world.ending() is ReviewOutcome.EXPIRED
    assert len(world.sms.sent) == 1


async def test_who_was_asked_lately_is_not_asked_for_the_next_job(world: ReviewWorld) -> None:
    world.furnish()
    await world.finish("job-1")
    await world.ending()
    await world.finish("job-2", phone="")  # the same person by their email address alone

    assert await world.ending() is ReviewOutcome.SUPPRESSED
    assert world.scalar("SELECT not_asked FROM job WHERE run_id = :run") == NotAsked.ASKED_LATELY
    assert len(world.sms.sent) == 1


async def test_of_two_jobs_of_one_day_the_customer_is_asked_about_one(world: ReviewWorld) -> None:
    world.furnish()
    first = await world.finish("job-1", starts=False)
    await world.finish("job-2")

    assert await world.ending() is ReviewOutcome.SUPPRESSED
    world.run_id = first.run_id
    assert await world.ending() is ReviewOutcome.EXPIRED
    assert len(world.sms.sent) == 1


async def test_an_open_complaint_delays_the_request_and_leaves_nobody_out(world: ReviewWorld) -> None:
    world.furnish()
    world.desk.complain()
    await world.finish()
    await world.until_details("A complaint of this customer is open")
    assert world.events("review_delayed")[0].reason == "complaint_open"
    assert world.sms.sent == []
    await world.settle_complaint()

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert len(world.sms.sent) == 1


async def test_nobody_is_reminded_while_a_complaint_is_open(world: ReviewWorld) -> None:
    world.furnish(observed_for=LONG)
    await world.finish(starts=False)
    await world.relay()
    await world.until_sent()
    world.desk.complain()
    await world.until_details("No reminder meanwhile")
    assert world.email.sent == []
    await world.settle_complaint()

    await world.until_sent(2)
    assert len(world.email.sent) == 1
    await world.stop()
    assert await world.ending() is ReviewOutcome.STOPPED


async def test_a_number_that_takes_no_texts_is_asked_by_email_at_once(world: ReviewWorld) -> None:
    world.sms.will(REFUSED)
    world.furnish(reminded_after=LONG)
    await world.finish()

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)


async def test_a_request_that_reaches_nobody_fails_and_its_owner_hears_of_it(world: ReviewWorld) -> None:
    world.sms.will(REFUSED)
    world.furnish()
    await world.finish(email="")

    assert await world.ending() is ReviewOutcome.FAILED
    assert world.scalar("SELECT kind FROM owner_task WHERE run_id = :run") == "run_failed"


async def test_a_request_in_doubt_is_never_sent_again_and_a_callback_resolves_it(world: ReviewWorld) -> None:
    world.sms.will(lost_answer("ReadTimeout"))
    world.furnish()
    await world.finish()
    await world.until("SELECT state FROM message WHERE run_id = :run AND step = 'ask_sms'", "unknown")
    await world.reports(Delivery.SENT)

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)


async def test_what_has_come_of_it_is_said_in_plain_words(world: ReviewWorld) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_details("The request was sent. Nobody has opened the link yet.")
    assert await world.use_link() == "https://g.page/r/acme/review"
    await world.until_details("the link was opened")
    await world.stop()

    assert await world.ending() is ReviewOutcome.STOPPED


async def test_a_history_holds_no_personal_data_even_decrypted(world: ReviewWorld) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_sent()
    await world.use_link()
    await world.review(stars=2)
    await world.ending()

    history = await opened(await world.handle.fetch_history(), world.ring)
    assert f'"run_id":"{world.run_id}"' in history  # it was decrypted
    for secret in (PHONE, PHONE[2:], EMAIL, *NAME.split(), "Acme", "g.page", "job-1", "stars"):
        assert secret not in history


async def test_who_has_opted_out_of_texts_is_asked_by_email_alone(world: ReviewWorld) -> None:
    world.furnish()
    world.desk.opt_out(Channel.SMS, PHONE)
    await world.finish()

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert (len(world.sms.sent), len(world.email.sent)) == (0, 2)
