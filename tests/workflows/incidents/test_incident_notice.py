"""Every path of an incident's run, from its opening to its one outcome; hours and days are skipped."""

from models.approving import ApprovalSubject
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.travelling import IncidentOutcome
from models.terms import DecisionKind
from tests.workflows.incidents.world import IncidentWorld

POST, RESUME = ApprovalSubject.POST, ApprovalSubject.RESUME


async def test_a_client_is_told_updated_resumed_and_has_a_summary(world: IncidentWorld) -> None:
    await world.open()
    await world.until_sent(1)
    await world.decide(POST)
    await world.until_updated(1, "published_at")
    await world.move(IncidentState.IDENTIFIED)
    await world.until_sent(2)
    await world.move(IncidentState.RESOLVED)
    await world.until_sent(3)
    await world.decide(RESUME)
    await world.until("SELECT count(*) FROM pause WHERE lifted_at IS NULL", 0)
    await world.decide(POST)
    await world.summarise()
    await world.decide(POST)

    assert await world.outcome() is IncidentOutcome.SUMMARISED
    assert [envelope.subject.split(": ")[1] for envelope in world.email.sent] == [
        "A delivery service we rely on is not accepting messages",
        "we found the cause",
        "the problem is resolved",
        "what happened",
    ]
    assert world.scalar("SELECT outcome FROM run WHERE id = :run") == "summarised"


async def test_free_words_reach_nobody_before_both_reviews(world: IncidentWorld) -> None:
    await world.open(words="A setting was wrong.")
    await world.until_details("waits for the approval and the privacy review")
    assert world.email.sent == []

    await world.decide(POST)
    await world.until_sent(1)

    assert "A setting was wrong." not in world.email.sent[0].body
    assert world.scalar("SELECT published_at IS NOT NULL FROM incident_notice")


async def test_a_refused_wording_goes_back_to_its_author_and_newer_words_replace_it(world: IncidentWorld) -> None:
    await world.open(words="A setting was wrong.")
    await world.decide(POST, DecisionKind.REJECT)
    await world.until_task("incident_wording_refused", "incident-owner")

    await world.update(words="We put a setting right.")
    await world.decide(POST)

    await world.until_sent(1)
    assert world.scalar("SELECT count(*) FROM incident_notice WHERE not_published = 'rejected'") == 1


async def test_an_owner_who_lets_a_promise_pass_is_reminded_and_somebody_else_is_told(world: IncidentWorld) -> None:
    await world.open(IncidentSeverity.CRITICAL)
    await world.until_sent(2)
    await world.skip(0.8)
    await world.until_task("incident_update_due", "incident-owner")
    await world.skip(0.3)
    await world.until_task("incident_update_overdue", "eve")

    await world.update()

    await world.until_sent(4)
    await world.until("SELECT count(*) FROM owner_task WHERE kind LIKE 'incident_update%' AND closed_at IS NOT NULL", 2)


async def test_a_pause_by_hand_holds_its_notices_and_a_resume_lets_them_go(world: IncidentWorld) -> None:
    await world.pause()
    await world.open()
    await world.until_details("Paused (everything)")
    await world.decide(POST)
    assert world.email.sent == []
    assert world.scalar("SELECT published_at FROM incident_notice") is None

    await world.pause(paused=False)

    await world.until_sent(1)
    await world.until_updated(1, "published_at")


async def test_a_summary_that_nobody_writes_is_chased_and_given_to_a_person(world: IncidentWorld) -> None:
    await world.open()
    await world.until_sent(1)
    await world.move(IncidentState.RESOLVED)
    await world.until_sent(2)
    await world.decide(RESUME)
    await world.skip_until("summary_due")
    await world.until_task("incident_update_overdue", "eve")
    await world.skip(8 * 24)

    assert await world.outcome() is IncidentOutcome.GIVEN_TO_PERSON
    await world.until_task("run_given_to_person", "eve")


async def test_it_is_opened_again_and_told_so(world: IncidentWorld) -> None:
    await world.open()
    await world.until_sent(1)
    await world.move(IncidentState.RESOLVED)
    await world.until_sent(2)

    await world.move(IncidentState.INVESTIGATING, "it came back")

    await world.until_sent(3)
    assert world.scalar("SELECT state FROM incident") == "investigating"


async def test_a_resume_that_is_rejected_is_asked_for_anew_by_a_person(world: IncidentWorld) -> None:
    await world.open()
    await world.until_sent(1)
    await world.move(IncidentState.RESOLVED)
    await world.decide(RESUME, DecisionKind.REJECT)
    await world.decide(POST)

    await world.until_details("its owner asks anew")
    assert world.scalar("SELECT count(*) FROM pause WHERE lifted_at IS NULL") == 1


async def test_a_stop_ends_it_and_leaves_what_it_paused(world: IncidentWorld) -> None:
    await world.open()
    await world.until_sent(1)
    await world.handle.signal("stop")

    assert await world.outcome() is IncidentOutcome.STOPPED
    assert world.scalar("SELECT count(*) FROM pause WHERE lifted_at IS NULL") == 1


async def test_a_rollback_withdraws_what_was_published(world: IncidentWorld) -> None:
    await world.open()
    await world.until_sent(1)
    await world.decide(POST)
    await world.until_updated(1, "published_at")
    await world.handle.signal("roll_back")

    assert await world.outcome() is IncidentOutcome.ROLLED_BACK
