"""Incidents on real rows: what they hold and let pass, what clients are told, and how what was held is let go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from models.approving import ApprovalSubject
from models.database.engine import transaction
from models.database.incidents import counts, moving, opening
from models.database.incidents.moving import UnusableUpdate
from models.database.runs import close
from models.database.sending import claims
from models.incidents.states import IncidentSeverity, IncidentState, MoveRefused
from models.incidents.steering import Act, Approving
from models.sending import Claimed, Held, HoldReason, NotSent, NotSentReason, SendStep
from models.terms import DecisionKind, PauseScope
from tests.database.incidents import OWNER, Incidents
from tests.database.planting import Provider, violated
from tests.database.world import World


@pytest.fixture
def incidents(world: World) -> Incidents:
    return Incidents(world)


def notice_of(world: World, run: UUID, number: int = 1) -> str:
    found = world.rows(
        "SELECT step FROM message WHERE run_id = :run AND step LIKE :like", run=run, like=f"update-{number}-%"
    )
    return str(found[0]["step"])


def told(incidents: Incidents, **changes: object) -> tuple[UUID, UUID]:
    """An incident whose first notice is in the ledger."""
    incident = incidents.open(**changes)  # type: ignore[arg-type]
    incidents.do(incident, Act.COMPOSE, Act.WRITE)
    return incident, incidents.run(incident)


def test_opening_holds_what_it_touches_in_the_same_transaction_and_counts_it(
    world: World, incidents: Incidents
) -> None:
    due, flying = world.run(), world.run(lead=world.lead("Max", "+13035550124"))
    world.claimed(flying)
    incident = incidents.open()
    held = world.claim(due)

    assert isinstance(held, Held)
    assert held.reason is HoldReason.PAUSED
    with transaction(world.engine) as session:
        now = counts.held_now(session, incident)
    assert (now.runs, now.due, len(now.in_flight)) == (2, 1, 1)
    [paused] = world.rows("SELECT code, owner, put_by, runs FROM pause")
    assert paused == {"code": "incident", "owner": "olga", "put_by": f"incident/{incident}", "runs": 2}


def test_the_notice_leaves_while_the_outreach_of_its_client_is_held(world: World, incidents: Incidents) -> None:
    outreach = world.run()
    _, run = told(incidents)

    assert isinstance(world.claim(outreach), Held)
    claim = world.claimed(run, notice_of(world, run))

    assert world.ledger.may_still_leave(claim)
    said = {
        check["rule"]: check["saw"]
        for check in world.one("SELECT gate FROM message WHERE id = :id", id=claim.message_id)["gate"]
    }
    assert said["not paused"] == f"an incident has paused client:{world.client}, and lets its notices pass"
    assert world.control.look(run).paused_by is None
    assert world.control.look(outreach).paused_by == "client"
    assert "I11" not in violated(world, Provider())
    world.rows("UPDATE pause SET code = 'by_hand'")
    assert "I11" in violated(world, Provider())


@pytest.mark.parametrize("scope", [PauseScope.EVERYTHING, PauseScope.CLIENT])
def test_every_other_pause_holds_the_notice_too(world: World, incidents: Incidents, scope: PauseScope) -> None:
    _, run = told(incidents)
    step = notice_of(world, run)
    world.pause(scope)

    held = world.claim(run, step)

    assert isinstance(held, Held)
    assert held.reason is HoldReason.PAUSED
    assert world.control.look(run).paused_by == scope
    world.pause(scope, paused=False)
    assert isinstance(world.claim(run, step), Claimed)


def test_a_pause_that_comes_between_claim_and_call_stops_the_notice_unless_it_is_an_incidents(
    world: World, incidents: Incidents
) -> None:
    _, run = told(incidents)
    claim = world.claimed(run, notice_of(world, run))
    incidents.open(title="another")
    assert world.ledger.may_still_leave(claim)

    world.pause(PauseScope.EVERYTHING)

    assert not world.ledger.may_still_leave(claim)


def test_two_incidents_that_touch_the_same_hold_it_each_for_itself(world: World, incidents: Incidents) -> None:
    first, second = incidents.open(), incidents.open(title="another")

    assert {row["put_by"] for row in world.rows("SELECT put_by FROM pause")} == {
        f"incident/{first}",
        f"incident/{second}",
    }


def test_its_messages_rest_on_the_approved_template_and_hold_no_free_words(world: World, incidents: Incidents) -> None:
    incident = incidents.open(words="A vendor key ran out.")
    incidents.do(incident, Act.COMPOSE)
    run = incidents.run(incident)
    assert incidents.look(incident).newest.post is Approving.WAITING  # type: ignore[union-attr]

    incidents.approve_post(incident)
    incidents.do(incident, Act.PUBLISH, Act.WRITE)

    [notice] = world.rows("SELECT title, body, published_at FROM incident_notice")
    assert "A vendor key ran out." in notice["body"]
    assert notice["published_at"] is not None
    body = world.one("SELECT body FROM message WHERE run_id = :run", run=run)["body"]
    assert "A vendor key ran out." not in body
    assert isinstance(world.claim(run, notice_of(world, run)), Claimed)


def test_wording_that_no_client_may_read_is_never_published_and_goes_back_to_its_author(
    world: World, incidents: Incidents
) -> None:
    incident = incidents.open(words="It will be fixed by tomorrow.")
    incidents.do(incident, Act.COMPOSE)
    incidents.approve_post(incident)
    incidents.do(incident, Act.PUBLISH)

    assert incidents.look(incident).newest.post is Approving.REFUSED  # type: ignore[union-attr]
    assert world.rows("SELECT published_at, not_published FROM incident_notice") == [
        {"published_at": None, "not_published": "blocked"}
    ]
    assert [task["owner"] for task in world.tasks("incident_wording_refused")] == ["olga"]
    incidents.update(incident, words="We put a setting right.")
    assert world.tasks("incident_wording_refused") == []


def test_a_rejected_notice_goes_back_to_its_author(world: World, incidents: Incidents) -> None:
    incident = incidents.open()
    incidents.do(incident, Act.COMPOSE)
    incidents.approve_post(incident, DecisionKind.REJECT)

    assert incidents.look(incident).newest.post is Approving.REFUSED  # type: ignore[union-attr]
    [task] = world.tasks("incident_wording_refused")
    assert "an approver has rejected it" in task["instruction"]


@pytest.mark.parametrize(("severity", "needed"), [("minor", 1), ("critical", 2)])
def test_a_grave_one_takes_two_people(incidents: Incidents, severity: str, needed: int) -> None:
    incident = incidents.open(IncidentSeverity(severity), words="A setting was wrong.")
    incidents.do(incident, Act.COMPOSE)
    post = incidents.world.one("SELECT post_id FROM incident_notice")["post_id"]

    incidents.decide(ApprovalSubject.POST, post, people=("olga", "ann", "pia"))
    alone = incidents.look(incident).newest.post  # type: ignore[union-attr]
    incidents.decide(ApprovalSubject.POST, post, people=("ann", "bob", "quinn"))

    assert alone is (Approving.APPROVED if needed == 1 else Approving.WAITING)
    assert incidents.look(incident).newest.post is Approving.APPROVED  # type: ignore[union-attr]


def test_newer_word_replaces_what_has_not_left(world: World, incidents: Incidents) -> None:
    incident, run = told(incidents)
    step = notice_of(world, run)
    incidents.move(incident, IncidentState.IDENTIFIED)
    incidents.do(incident, Act.COMPOSE, Act.WRITE)

    gone = world.claim(run, step)

    assert isinstance(gone, NotSent)
    assert gone.reason is NotSentReason.EXPIRED
    assert isinstance(world.claim(run, notice_of(world, run, 2)), Claimed)


def test_a_critical_one_is_texted_as_well(world: World, incidents: Incidents) -> None:
    _, run = told(incidents, severity=IncidentSeverity.CRITICAL)

    rows = world.rows("SELECT channel, immediate FROM message WHERE run_id = :run ORDER BY channel", run=run)
    assert rows == [{"channel": "email", "immediate": True}, {"channel": "sms", "immediate": True}]


def test_what_it_promises_is_chased_and_kept(world: World, incidents: Incidents) -> None:
    incident = incidents.open()
    promised = incidents.look(incident).promised
    assert promised == world.one("SELECT first_notice_due AS due FROM incident")["due"]

    incidents.chase(incident, has_passed=False)
    incidents.chase(incident, has_passed=False)
    assert [task["owner"] for task in world.tasks("incident_update_due")] == ["olga"]
    incidents.chase(incident, has_passed=True)
    assert [task["owner"] for task in world.tasks("incident_update_overdue")] == ["eve"]
    assert len(world.events("incident_overdue")) == 1
    now = incidents.look(incident)
    assert (now.reminded_of, now.escalated) == (promised, promised)

    incidents.do(incident, Act.COMPOSE, Act.WRITE)

    assert world.tasks("incident_update_due") == world.tasks("incident_update_overdue") == []
    assert incidents.look(incident).promised == world.one("SELECT next_update_due AS due FROM incident")["due"]


def test_once_resolved_the_summary_is_promised_and_then_nothing(world: World, incidents: Incidents) -> None:
    incident, _ = told(incidents)
    incidents.move(incident, IncidentState.RESOLVED)
    incidents.do(incident, Act.COMPOSE, Act.WRITE)
    assert incidents.look(incident).promised == world.one("SELECT summary_due AS due FROM incident")["due"]

    incidents.summarise(incident)
    incidents.do(incident, Act.COMPOSE)
    incidents.approve_post(incident)
    incidents.do(incident, Act.PUBLISH, Act.WRITE)

    now = incidents.look(incident)
    assert now.promised is None
    assert now.newest is not None
    assert now.newest.is_settled


def test_what_was_held_is_let_go_as_it_was_approved_and_not_before(world: World, incidents: Incidents) -> None:
    outreach = world.run()
    incident = incidents.open()
    world.claim(outreach)
    incidents.move(incident, IncidentState.RESOLVED)
    incidents.do(incident, Act.ASK_TO_RESUME)
    assert incidents.look(incident).resume is Approving.WAITING
    incidents.do(incident, Act.RESUME)
    assert incidents.look(incident).holds

    incidents.decide(ApprovalSubject.RESUME, incident, people=("olga", "ann"))
    incidents.do(incident, Act.RESUME, Act.RESUME)

    assert not incidents.look(incident).holds
    [pause] = world.rows("SELECT lifted_by, per_second FROM pause")
    assert pause == {"lifted_by": "comms", "per_second": 10.0}
    assert isinstance(world.claim(outreach), Claimed)


def test_if_more_would_leave_than_was_approved_it_is_asked_for_again(world: World, incidents: Incidents) -> None:
    outreach, later = world.run(), world.run(lead=world.lead("Max", "+13035550124"))
    incident = incidents.open()
    world.claim(outreach)
    incidents.move(incident, IncidentState.RESOLVED)
    incidents.do(incident, Act.ASK_TO_RESUME)
    incidents.decide(ApprovalSubject.RESUME, incident)
    world.claim(later)

    incidents.do(incident, Act.RESUME)

    now = incidents.look(incident)
    assert now.holds
    assert now.resume is Approving.WAITING
    incidents.decide(ApprovalSubject.RESUME, incident)
    incidents.do(incident, Act.RESUME)
    assert not incidents.look(incident).holds


def test_the_counts_of_the_end_come_from_the_rows(world: World, incidents: Incidents) -> None:
    waits, taken, stale = (world.run(lead=world.lead(name, f"+1303555012{n}")) for n, name in enumerate("abc"))
    incident = incidents.open()
    for run in (waits, taken, stale):
        world.claim(run)
    world.stop(taken)
    with transaction(world.engine) as session:
        close(session, taken, "stopped", OWNER)
    world.rows("UPDATE message SET expires_at = clock_timestamp() WHERE run_id = :run AND step = 'hello'", run=stale)
    world.claim(stale)

    with transaction(world.engine) as session:
        found = counts.counts_of(session, incident, world.client)

    assert (found.waiting, found.not_contacted, found.by_hand, found.too_old) == (1, 3, 1, 1)


def test_it_moves_only_as_readers_would_understand(world: World, incidents: Incidents) -> None:
    incident = incidents.open()
    with pytest.raises(MoveRefused):
        incidents.move(incident, IncidentState.CANCELLED)
    incidents.move(incident, IncidentState.MONITORING)
    with pytest.raises(MoveRefused, match="say why"):
        incidents.move(incident, IncidentState.INVESTIGATING)
    incidents.move(incident, IncidentState.INVESTIGATING, "it came back")
    incidents.move(incident, IncidentState.RESOLVED)
    incidents.move(incident, IncidentState.INVESTIGATING, "it came back again")
    world.rows("UPDATE incident SET resolved_at = clock_timestamp() - interval '25 hours', state = 'resolved'")
    with pytest.raises(MoveRefused, match="open a new incident"):
        incidents.move(incident, IncidentState.INVESTIGATING, "too late")


def test_opened_again_after_its_run_has_ended_it_has_a_new_one(world: World, incidents: Incidents) -> None:
    incident, before = told(incidents)
    incidents.move(incident, IncidentState.RESOLVED)
    incidents.do(incident, Act.COMPOSE, Act.WRITE)
    world.rows("UPDATE run SET closed_at = clock_timestamp() WHERE id = :run", run=before)

    incidents.move(incident, IncidentState.INVESTIGATING, "it came back")

    assert incidents.run(incident) != before
    now = incidents.look(incident)
    assert now.promised == world.one("SELECT first_notice_due AS due FROM incident")["due"]


def test_a_draft_touches_nothing_and_can_be_cancelled(world: World, incidents: Incidents) -> None:
    with transaction(world.engine) as session:
        incident = opening.draft(session, incidents.asked(session), OWNER)
    assert world.rows("SELECT * FROM pause") == []
    assert incidents.run(incident.id) is None

    incidents.move(incident.id, IncidentState.CANCELLED)

    assert world.one("SELECT state FROM incident")["state"] == "cancelled"


def test_no_later_promise_than_the_cadence_allows(incidents: Incidents) -> None:
    incident = incidents.open()
    with transaction(incidents.world.engine) as session:
        latest = moving.locked(session, incident).next_update_due
    assert latest is not None
    for wrong in (latest + timedelta(days=3), latest - timedelta(days=30)):
        with pytest.raises(UnusableUpdate, match="at the latest"):
            incidents.update(incident, next_update_at=wrong)


def test_a_resolved_one_has_no_updates_and_an_open_one_no_summary(incidents: Incidents) -> None:
    incident = incidents.open()
    with pytest.raises(UnusableUpdate, match="once it is resolved"):
        incidents.summarise(incident)
    incidents.move(incident, IncidentState.RESOLVED)
    with pytest.raises(UnusableUpdate, match="only of an open incident"):
        incidents.update(incident)
    with pytest.raises(UnusableUpdate, match="say what happened"):
        incidents.summarise(incident, " ")


def test_notes_are_only_ever_added_to(world: World, incidents: Incidents) -> None:
    incident = incidents.open()
    with transaction(world.engine) as session:
        for words in ("first", "second"):
            moving.note(session, moving.locked(session, incident), words, OWNER)

    assert [row["text"] for row in world.rows("SELECT text FROM incident_note ORDER BY id")] == ["first", "second"]


def test_it_comes_first_for_a_person_until_it_is_resolved(world: World, incidents: Incidents) -> None:
    incident, run = told(incidents)
    digest = world.request()
    world.rows("UPDATE run SET kind = 'report_digest' WHERE id = :run", run=digest)
    world.plan(digest)
    world.rows(
        "UPDATE message SET address_hash = n.address_hash, channel = n.channel FROM message n "
        "WHERE n.run_id = :notice AND message.run_id = :digest AND message.step = 'mail'",
        notice=run,
        digest=digest,
    )

    def others() -> list[str]:
        with transaction(world.engine) as session:
            found = claims.find(session, SendStep(run_id=digest, step="mail"))
            assert found is not None
            kinds: list[str] = claims.look(session, found, incidents.rules).row["other_kinds"]
            return kinds

    assert others() == ["incident_notice"]
    incidents.move(incident, IncidentState.RESOLVED)
    assert others() == []


def test_no_outreach_is_claimed_once_it_is_open_and_its_notice_is(world: World, incidents: Incidents) -> None:
    outreach = [world.run(lead=world.lead(f"N{n}", f"+130355502{n:02}")) for n in range(12)]
    with ThreadPoolExecutor(6) as threads:
        claims_of = [threads.submit(world.claim, run) for run in outreach[:6]]
        opening_it = threads.submit(told, incidents)
        claims_of += [threads.submit(world.claim, run) for run in outreach[6:]]
        _, run = opening_it.result()
        results = [claim.result() for claim in claims_of]
        late = [
            threads.submit(world.claim, one)
            for one, claim in zip(outreach, results, strict=True)
            if isinstance(claim, Held)
        ]
        notice = threads.submit(world.claim, run, notice_of(world, run))

    assert all(isinstance(claim.result(), Held) for claim in late)
    assert isinstance(notice.result(), Claimed)
    assert "I11" not in violated(world, Provider())
