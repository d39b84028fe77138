"""Every way a digest can go, with the days in between skipped."""

from datetime import timedelta

import pytest

from models.approving import Review
from models.digests.travelling import DigestOutcome
from models.errors import AccessLost, TryAgain
from models.terms import DecisionKind
from tests.opened_history import opened
from tests.workflows.digests.world import KIM, PAT, DigestWorld

STATE = "SELECT state FROM report_period WHERE run_id = :run"


async def test_a_digest_is_read_reviewed_published_told_and_viewed(world: DigestWorld) -> None:
    await world.start(PAT, KIM)
    assert world.visible() == []
    await world.review()
    await world.told(PAT, KIM)
    assert "Clicks: 100" in world.visible()[0]
    await world.until_state("awaiting_reply")
    await world.view()

    assert await world.outcome() is DigestOutcome.VIEWED
    assert world.scalar(STATE) == "published"
    assert world.open_tasks() == set()
    for envelope in world.email.sent:
        assert "/portal/" in envelope.body
        assert "Clicks" not in envelope.subject + envelope.body


@pytest.mark.parametrize("first", list(Review))
async def test_the_reviews_may_come_in_either_order_and_one_is_not_enough(world: DigestWorld, first: Review) -> None:
    await world.start(PAT)
    await world.review(first)
    await world.skip(hours=1)
    assert world.visible() == []
    await world.review(*(one for one in Review if one is not first))
    await world.told(PAT)
    await world.view()
    assert await world.outcome() is DigestOutcome.VIEWED


async def test_a_rejection_ends_it_unpublished_and_it_may_be_made_again(world: DigestWorld) -> None:
    await world.start(PAT)
    await world.review(Review.PRIVACY, decision=DecisionKind.REJECT)

    assert await world.outcome() is DigestOutcome.NOT_APPROVED
    assert world.visible() == []
    assert world.email.sent == []
    assert ("run_not_approved", "sales-ops") in world.open_tasks()


async def test_reviewers_who_do_not_decide_are_escalated_and_then_it_ends(world: DigestWorld) -> None:
    await world.start(PAT)
    await world.until_state("awaiting_approval")
    await world.skip(hours=25)
    await world.until("SELECT max(owner) FROM owner_task WHERE kind = 'digest_review_overdue'", "incident-owner")
    await world.skip(days=5)
    assert await world.outcome() is DigestOutcome.NOT_APPROVED


async def test_a_source_that_is_behind_is_read_again_until_it_is_complete(world: DigestWorld) -> None:
    world.google.complete_through = world.period.last - timedelta(days=2)
    await world.start(PAT)
    await world.until_details("Not every source is complete yet")
    world.google.complete_through = None
    await world.skip(hours=7)

    await world.review()
    await world.told(PAT)
    assert "Figures after that date" not in world.visible()[0]
    await world.view()
    assert await world.outcome() is DigestOutcome.VIEWED


async def test_at_its_latest_day_it_is_made_with_what_must_be_said(world: DigestWorld) -> None:
    world.google.complete_through = world.period.last - timedelta(days=2)
    await world.start(PAT)
    await world.until_details("Not every source is complete yet")
    await world.skip(days=4)

    await world.review()
    await world.told(PAT)
    assert "Search Console data runs to" in world.visible()[0]
    await world.view()
    assert await world.outcome() is DigestOutcome.VIEWED


async def test_a_source_that_does_not_answer_is_a_state_and_no_failure(world: DigestWorld) -> None:
    world.google.fails = TryAgain("Search Console answered 503")
    await world.start(PAT)
    await world.until("SELECT problem FROM source_state WHERE source = 'search_console'", "Search Console answered 503")
    world.google.fails = None
    await world.skip(minutes=20)
    await world.review()
    await world.told(PAT)
    await world.view()
    assert await world.outcome() is DigestOutcome.VIEWED


async def test_a_required_source_that_is_missing_holds_it_until_it_is_connected(world: DigestWorld) -> None:
    await world.start(PAT, connected=False)
    await world.until("SELECT max(owner) FROM owner_task WHERE kind = 'digest_held'", "sales-ops")
    await world.connect()

    await world.review()
    assert world.open_tasks() == set()
    await world.told(PAT)
    await world.view()
    assert await world.outcome() is DigestOutcome.VIEWED


async def test_one_that_nobody_connects_ends_held(world: DigestWorld) -> None:
    await world.start(PAT, connected=False)
    await world.until_state("awaiting_person")
    await world.skip(days=15)

    assert await world.outcome() is DigestOutcome.HELD_FOR_SOURCES
    assert world.visible() == []
    assert ("run_held_for_sources", "sales-ops") in world.open_tasks()


async def test_lost_access_holds_a_required_source_and_a_new_connection_lets_it_go_on(world: DigestWorld) -> None:
    world.google.fails = AccessLost("invalid_grant")
    await world.start(PAT)
    await world.until_details("Not every source is complete yet")
    assert ("source_access_lost", "sales-ops") in world.open_tasks()
    await world.skip(days=4)
    await world.until_state("awaiting_person")
    world.google.fails = None
    await world.connect()
    await world.review()
    await world.told(PAT)
    await world.view()
    assert await world.outcome() is DigestOutcome.VIEWED


async def test_nobody_who_receives_reports_is_said_and_it_stays_on_the_portal(world: DigestWorld) -> None:
    await world.start()
    await world.review()

    assert await world.outcome() is DigestOutcome.NOBODY_RECEIVES
    assert len(world.visible()) == 1
    assert ("run_nobody_receives", "sales-ops") in world.open_tasks()


async def test_an_unread_report_gets_one_reminder_and_a_task_and_ends_unread(world: DigestWorld) -> None:
    await world.start(PAT, KIM)
    await world.review()
    await world.told(PAT, KIM)
    await world.until_state("awaiting_reply")
    await world.forget_the_sent()
    await world.skip_business_days(5)
    await world.until("SELECT max(owner) FROM owner_task WHERE kind = 'report_unread'", "sales-ops")
    await world.until(
        "SELECT count(*) FROM message WHERE run_id = :run AND state = 'accepted' AND step LIKE 'reminder:%'", 2
    )
    await world.skip_business_days(5)

    assert await world.outcome() is DigestOutcome.UNREAD
    assert sorted(envelope.to for envelope in world.email.sent) == sorted([PAT, KIM] * 2)
    assert ("report_unread", "sales-ops") in world.open_tasks()


async def test_a_report_that_is_read_after_the_reminder_closes_the_task(world: DigestWorld) -> None:
    await world.start(PAT)
    await world.review()
    await world.told(PAT)
    await world.until_state("awaiting_reply")
    await world.skip_business_days(5)
    await world.until("SELECT count(*) FROM owner_task WHERE kind = 'report_unread'", 1)
    await world.view()

    assert await world.outcome() is DigestOutcome.VIEWED
    assert world.open_tasks() == set()


async def test_somebody_who_opted_out_is_not_told_and_keeps_nobody_else_from_it(world: DigestWorld) -> None:
    await world.start(PAT, KIM)
    await world.until_state("awaiting_approval")
    await world.opts_out(KIM)
    await world.review()
    await world.told(PAT)
    await world.view()

    assert await world.outcome() is DigestOutcome.VIEWED
    assert [envelope.to for envelope in world.email.sent] == [PAT]


async def test_a_pause_holds_the_messages_and_the_resume_lets_them_go(world: DigestWorld) -> None:
    await world.start(PAT)
    await world.until_state("awaiting_approval")
    await world.pause()
    await world.review()
    await world.until_details("Paused (client)")
    await world.until("SELECT max(reason) FROM message WHERE run_id = :run", "paused")
    assert world.email.sent == []
    await world.pause(paused=False)
    await world.skip(hours=2)
    await world.told(PAT)
    await world.view()
    assert await world.outcome() is DigestOutcome.VIEWED


async def test_a_stop_ends_it_wherever_it_is(world: DigestWorld) -> None:
    await world.start(PAT)
    await world.until_state("awaiting_approval")
    await world.stop()
    assert await world.outcome() is DigestOutcome.STOPPED
    assert world.visible() == []


async def test_a_stop_that_came_before_the_start_reads_nothing(world: DigestWorld) -> None:
    await world.start(PAT, stopped_before=True)
    assert await world.outcome() is DigestOutcome.STOPPED
    assert world.google.read_periods == []


async def test_a_rollback_withdraws_the_post(world: DigestWorld) -> None:
    await world.start(PAT)
    await world.review()
    await world.told(PAT)
    await world.until_state("awaiting_reply")
    assert len(world.visible()) == 1
    await world.roll_back()

    assert await world.outcome() is DigestOutcome.ROLLED_BACK
    assert world.visible() == []


async def test_wording_that_holds_what_nobody_may_see_goes_to_a_person(world: DigestWorld) -> None:
    world.google.key = "password: hunter2hunter2"
    await world.start(PAT)

    assert await world.outcome() is DigestOutcome.GIVEN_TO_PERSON
    assert world.visible() == []
    assert ("post_blocked", "sales-ops") in world.open_tasks()


async def test_what_is_typed_in_the_temporal_ui_counts_or_leaves_a_trace(world: DigestWorld) -> None:
    await world.start(PAT)
    await world.until_state("awaiting_approval")
    await world.handle.signal("stp")
    await world.until("SELECT count(*) FROM event WHERE run_id = :run AND kind = 'signal_refused'", 1)
    await world.handle.signal("stop")
    assert await world.outcome() is DigestOutcome.STOPPED


async def test_a_history_holds_neither_names_nor_figures_nor_wording(world: DigestWorld) -> None:
    world.google.values = {world.period.first: 73219}
    await world.start(PAT)
    await world.review()
    await world.told(PAT)
    await world.view()
    await world.outcome()

    history = await opened(await world.handle.fetch_history(), world.ring)
    for secret in ("73219", "73,219", "acme.example", "Acme", "token-1", "/portal/"):
        assert secret not in history
