"""Why a review request waits, what it waits for, and why it has ended, in words."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.database import runs
from models.database.engine import snapshot, transaction
from models.database.events import Origin
from models.database.explaining.leads import explain_lead
from models.database.review_requests import stories
from models.database.review_requests.requests import ReviewRequests
from models.database.sending.facts import Rules
from models.database.sending.rules_in_force import RulesInForce
from models.explaining.reviews import ENDS, NOT_ASKED, ReviewStory
from models.review_requests.eligibility import NotAsked
from models.review_requests.terms import ReviewOutcome, ReviewStage
from tests.database.fit_to_send import make_fit_to_send
from tests.review_desk import ReviewDesk

RULES = Rules(RulesInForce("enforced"), timedelta(days=1), 1)


@pytest.fixture
def desk(engine: Engine) -> ReviewDesk:
    make_fit_to_send(engine)
    made = ReviewDesk(engine)
    made.furnish(reminded_after=3 * 86_400, observed_for=14 * 86_400)
    made.report()
    with transaction(engine) as session:
        session.execute(text("DELETE FROM outbox"))
    return made


def story(desk: ReviewDesk) -> ReviewStory:
    with snapshot(desk.engine) as session:
        return stories.story(session, desk.run_id, RULES)


def close(desk: ReviewDesk, outcome: ReviewOutcome) -> ReviewStory:
    with transaction(desk.engine) as session:
        runs.close(session, desk.run_id, outcome, Origin("workflow"))
    return story(desk)


def test_a_request_that_waits_for_a_complaint_says_so_and_what_would_end_the_wait(desk: ReviewDesk) -> None:
    desk.complain()
    ReviewRequests(desk.engine).take_turn(desk.run_id)
    told = story(desk)

    assert told.stage is ReviewStage.WAITS_FOR_COMPLAINT
    assert "a complaint of the customer is open; they are asked once it is settled" in told.explanation.answer
    assert "complaint is settled" in told.explanation.next[0].what


def test_a_scheduled_request_says_when_the_customers_turn_is(desk: ReviewDesk) -> None:
    ReviewRequests(desk.engine).take_turn(desk.run_id)
    with transaction(desk.engine) as session:
        session.execute(text("UPDATE job SET ask_from = '2026-12-01T16:00Z'"))
    told = story(desk)

    assert told.stage is ReviewStage.SCHEDULED
    assert "the customer's turn is at 2026-12-01 16:00:00 UTC" in told.explanation.answer


def test_a_request_whose_message_is_held_says_why(desk: ReviewDesk) -> None:
    ReviewRequests(desk.engine).take_turn(desk.run_id)
    desk.sent(desk.run_id)
    held = "UPDATE message SET state = 'ready', reason = 'paused', accepted_at = NULL, delivery = NULL"
    with transaction(desk.engine) as session:
        session.execute(text(held))

    assert story(desk).explanation.answer.endswith("; its next message is held: sending is paused.")


def test_a_request_that_was_sent_says_what_has_come_of_it_and_when_the_reminder_is_due(desk: ReviewDesk) -> None:
    desk.sent(desk.run_id)
    waiting = "UPDATE message SET state = 'ready', accepted_at = NULL, delivery = NULL, position = 1 WHERE step = 'reminder_email'"
    desk.sent(desk.run_id, step="reminder_email")
    with transaction(desk.engine) as session:
        session.execute(text(waiting))
    told = story(desk)

    assert (told.stage, told.sent) == (ReviewStage.DELIVERED, 1)
    assert "the request was sent, and nobody has used the link yet" in told.explanation.answer
    [reminder] = told.explanation.next
    assert reminder.at == desk.value("SELECT accepted_at + interval '3 days' FROM message WHERE step = 'ask_sms'")
    desk.follow()
    assert story(desk).stage is ReviewStage.CLICKED
    assert "the link was first used at" in story(desk).explanation.answer


def test_after_the_reminder_it_says_until_when_a_review_would_count(desk: ReviewDesk) -> None:
    desk.sent(desk.run_id)
    desk.sent(desk.run_id, step="reminder_email")
    told = story(desk)

    assert told.stage is ReviewStage.REMINDER_SENT
    [end] = told.explanation.next
    assert "ends as expired" in end.what
    assert end.at == desk.value("SELECT max(accepted_at) + interval '14 days' FROM message")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_minor": True}, "they are a minor"),
        ({"is_staff_or_family": True}, "they are staff or family"),
        ({"ago": timedelta(days=9)}, "too long after it was done"),
    ],
)
def test_who_is_not_asked_is_told_apart_from_who_did_not_answer(
    desk: ReviewDesk, change: dict[str, Any], words: str
) -> None:
    desk.report("job-2", phone="", email="other@example.com", **change)
    ReviewRequests(desk.engine).take_turn(desk.run_id)

    assert words in close(desk, ReviewOutcome.SUPPRESSED).explanation.answer


def test_a_review_is_named_with_how_sure_it_is_and_not_with_its_stars(desk: ReviewDesk) -> None:
    desk.sent(desk.run_id)
    desk.follow()
    desk.see(stars=1)
    told = close(desk, ReviewOutcome.REVIEWED)

    assert (told.stage, told.match_confidence) == (None, "high")
    assert "high confidence: the link was used, the name is the same" in told.explanation.answer
    assert "star" not in told.model_dump_json()


@pytest.mark.parametrize("outcome", ReviewOutcome)
def test_every_end_has_its_sentence(desk: ReviewDesk, outcome: ReviewOutcome) -> None:
    assert outcome in ENDS
    answer = close(desk, outcome).explanation.answer
    assert answer.startswith("It ended at")
    assert not any(bracket in answer for bracket in "{}")


def test_every_reason_not_to_ask_has_its_sentence() -> None:
    assert set(NotAsked) <= NOT_ASKED.keys()


def test_the_customer_is_explained_like_any_lead(desk: ReviewDesk) -> None:
    with snapshot(desk.engine) as session:
        told = explain_lead(session, desk.value("SELECT lead_id FROM job"), RULES, with_replies=False)

    assert [run.run_id for run in told.runs] == [desk.run_id]
