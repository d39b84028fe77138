"""Whose yes counts: how many people, from which side, for whom, and as they stand at the moment of the decision."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.approving import ApprovalSubject, AskFor, Refusal, Review, RiskClass
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approval_desk, approvals
from models.database.tables.approvals import Approval
from models.database.tables.people import Staff
from models.sending import Claimed, Held
from models.terms import ApprovalPolicy, ApprovalState, DecisionChannel, DecisionKind, Role
from tests.database.planting import Provider, plant_claim, started, violated
from tests.database.test_approvals import ask
from tests.database.world import World

ANN, BOB, PIA = Origin("api", "ann"), Origin("api", "bob"), Origin("api", "pia")


@pytest.fixture
def run(world: World) -> UUID:
    with transaction(world.engine) as session:
        session.add(Staff(handle="pia", roles=[Role.PRIVACY_REVIEWER]))
    return world.run(ApprovalPolicy.RUN)


def decide(
    world: World, approval_id: UUID, by: Origin = ANN, decision: DecisionKind = DecisionKind.APPROVE, **more: Any
) -> Refusal | None:
    with transaction(world.engine) as session:
        approval = session.get_one(Approval, approval_id)
        args = (approval_id, decision, approval.content_hash, by, DecisionChannel.API)
        return approvals.decide(session, *args, **more).refusal


def may_leave(world: World, run: UUID) -> bool:
    return isinstance(world.claim(run), Claimed)


def test_one_yes_is_not_enough_where_two_people_must_agree(world: World, run: UUID) -> None:
    approval = ask(world, run, risk=RiskClass.TWO_PEOPLE)

    assert decide(world, approval) is None
    assert world.control.look(run).approval is ApprovalState.WAITING
    world.rows("UPDATE message SET state = 'ready' WHERE run_id = :run", run=run)  # past the release, to ask the gate
    assert isinstance(world.claim(run), Held)
    assert decide(world, approval, BOB) is None
    assert may_leave(world, run)


def test_the_same_person_is_not_two(world: World, run: UUID) -> None:
    approval = ask(world, run, risk=RiskClass.TWO_PEOPLE)
    decide(world, approval)

    assert decide(world, approval) is Refusal.SECOND_PERSON
    assert [event["reason"] for event in world.events("approval_refused")] == ["second_person"]
    assert world.message(run)["state"] == "planned"


def test_a_no_between_two_yes_makes_both_needed_again(world: World, run: UUID) -> None:
    approval = ask(world, run, risk=RiskClass.TWO_PEOPLE)
    decide(world, approval)
    decide(world, approval, BOB, DecisionKind.REJECT)
    decide(world, approval, BOB)

    assert world.control.look(run).approval is ApprovalState.WAITING
    decide(world, approval)
    assert may_leave(world, run)


def test_raising_the_risk_makes_the_earlier_yes_void(world: World, run: UUID) -> None:
    world.decide(run)
    ask(world, run, risk=RiskClass.TWO_PEOPLE)

    assert isinstance(world.claim(run), Held)


def test_a_message_to_somebody_who_was_not_shown_does_not_leave(world: World, run: UUID) -> None:
    world.decide(run)
    world.rows("UPDATE approval SET recipients = ARRAY['somebody else'] WHERE run_id = :run", run=run)

    assert isinstance(world.claim(run), Held)


def test_another_audience_is_another_request(world: World, run: UUID) -> None:
    world.decide(run)
    approval = ask(world, run, audience_hash="other people", recipients=("other people",))

    assert world.control.look(run).approval is ApprovalState.WAITING
    assert isinstance(world.claim(run), Held)
    assert decide(world, approval, audience_hash="as it was") is Refusal.AUDIENCE_CHANGED


def test_the_owner_and_privacy_must_both_agree_in_either_order(world: World, run: UUID) -> None:
    owner = ask(world, run)
    privacy = ask(world, run, review=Review.PRIVACY, approver="pia")

    assert decide(world, privacy, ANN) is Refusal.NOT_A_PRIVACY_REVIEWER
    assert decide(world, owner, PIA) is Refusal.NOT_AN_APPROVER
    assert decide(world, owner, ANN) is None
    world.rows("UPDATE message SET state = 'ready' WHERE run_id = :run", run=run)
    assert isinstance(world.claim(run), Held)
    assert decide(world, privacy, PIA) is None
    with transaction(world.engine) as session:
        stand = approvals.standing(session, ApprovalSubject.RUN, run)
    assert set(stand.items()) == {(review, ApprovalState.APPROVED) for review in Review}
    assert may_leave(world, run)


def test_whoever_edited_last_may_not_approve(world: World, run: UUID) -> None:
    approval = ask(world, run, last_editor="ann")

    assert decide(world, approval) is Refusal.OWN_EDIT
    assert decide(world, approval, BOB) is None


def test_whoever_is_limited_to_clients_decides_for_no_other(world: World, run: UUID) -> None:
    approval = ask(world, run)
    world.rows("UPDATE staff SET clients = ARRAY[CAST(:other AS uuid)] WHERE handle = 'ann'", other=uuid4())

    assert decide(world, approval) is Refusal.OTHER_CLIENT
    assert decide(world, world.template_approvals[0], decision=DecisionKind.REVOKE) is Refusal.OTHER_CLIENT
    world.rows("UPDATE staff SET clients = ARRAY[CAST(:own AS uuid)] WHERE handle = 'ann'", own=world.client)
    assert decide(world, approval) is None


def test_a_role_that_was_taken_away_meanwhile_does_not_count(world: World, run: UUID) -> None:
    approval = ask(world, run)
    world.rows("UPDATE staff SET roles = '{}' WHERE handle = 'ann'")

    assert decide(world, approval) is Refusal.NOT_AN_APPROVER


def test_a_delegate_decides_once_it_was_handed_to_them(world: World, run: UUID) -> None:
    approval = ask(world, run, delegate="pia", audience_hash="b")

    assert decide(world, approval, PIA) is Refusal.NOT_AN_APPROVER
    world.rows("UPDATE approval SET delegated_at = clock_timestamp() WHERE id = :id", id=approval)
    assert decide(world, approval, PIA) is None


def test_a_subject_without_a_run_is_asked_for_and_decided(world: World) -> None:
    wanted = AskFor(
        ApprovalSubject.POST, uuid4(), world.client, None, ["a", "b"], "readers", Review.OWNER, RiskClass.ROUTINE,
        "ann", None, "sam", "sam", timedelta(days=1),
    )  # fmt: skip
    with transaction(world.engine) as session:
        approval = approvals.ask(session, wanted)
        assert approvals.ask(session, wanted).id == approval.id
    assert decide(world, approval.id) is None
    with transaction(world.engine) as session:
        stand = approvals.standing(session, ApprovalSubject.POST, wanted.subject_id)
    assert stand == {Review.OWNER: ApprovalState.APPROVED}


def test_a_request_that_ran_out_is_asked_anew(world: World, run: UUID) -> None:
    first = ask(world, run)
    world.rows("UPDATE approval SET expires_at = clock_timestamp() WHERE id = :id", id=first)

    assert ask(world, run) != first
    assert world.control.look(run).approval is ApprovalState.WAITING


def test_how_long_a_decision_took_is_measured_to_the_last_needed_yes(world: World, run: UUID) -> None:
    approval = ask(world, run, risk=RiskClass.TWO_PEOPLE)
    decide(world, approval)
    with transaction(world.engine) as session:
        head = approval_desk.one(session, approval)
    assert head is not None
    assert head["decided_at"] is None
    decide(world, approval, BOB)

    with transaction(world.engine) as session:
        head = approval_desk.one(session, approval)
    last = world.one("SELECT max(at) AS at FROM decision WHERE approval_id = :id", id=approval)["at"]
    assert head is not None
    assert head["decided_at"] == last
    assert head["took"] == last - head["requested_at"]


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE approval SET risk = 'two_people' WHERE run_id = :run",
        "UPDATE approval SET recipients = '{}' WHERE run_id = :run",
        "UPDATE approval SET last_editor = 'ann' WHERE run_id = :run",
        "UPDATE decision SET audience_hash = 'another' FROM approval a WHERE a.id = approval_id AND a.run_id = :run",
        "INSERT INTO approval (id, subject, subject_id, run_id, review, content_hash, approver, requested_by, requested_at) "
        "SELECT gen_random_uuid(), subject, subject_id, run_id, 'privacy', content_hash, 'pia', 'sam', "
        "requested_at - interval '1 minute' FROM approval WHERE run_id = :run; "
        "INSERT INTO approval_item SELECT p.id, i.content_hash FROM approval p JOIN approval o ON o.run_id = p.run_id "
        "AND o.review = 'owner' JOIN approval_item i ON i.approval_id = o.id WHERE p.review = 'privacy'",
    ],
)
def test_i12_finds_a_claim_that_the_gate_should_not_have_allowed(
    world: World, run: UUID, provider: Provider, broken: str
) -> None:
    world.decide(run)
    started(world)
    plant_claim(world, provider, run)
    assert violated(world, provider) == set()
    for statement in broken.split("; "):
        world.rows(statement, run=run)

    assert violated(world, provider) == {"I12"}
