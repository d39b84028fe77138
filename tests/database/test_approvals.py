from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from models.approving import ApprovalSubject, AskFor, Refusal, Review, RiskClass, Verdict
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approvals
from models.database.tables.approvals import Approval, ApprovalItem
from models.sending import Claimed, Held, HoldReason
from models.terms import ApprovalPolicy, ApprovalState, DecisionChannel, DecisionKind
from tests.database.world import APPROVER, World


def _run(world: World, name: str = "Lea") -> UUID:
    return world.run(ApprovalPolicy.RUN, world.lead(name))


def _state(world: World, run: UUID) -> ApprovalState:
    return world.control.look(run).approval


def _refusals(world: World) -> list[str]:
    return [event["reason"] for event in world.events("approval_refused")]


def test_an_approval_releases_the_messages_of_its_run_and_of_no_other(world: World) -> None:
    run, other = _run(world), _run(world, "Max")
    before = world.announced(run)

    assert world.decide(run).refusal is None

    assert _state(world, run) is ApprovalState.APPROVED
    assert isinstance(world.claim(run), Claimed)
    assert world.message(other)["state"] == "planned"
    assert world.announced(run) == before + 1
    [event] = world.events("approval_decided")[-1:]
    assert (event["actor"], event["run_id"], event["reason"]) == ("ann", run, "approve")


def test_whoever_asked_may_not_decide(world: World) -> None:
    run = _run(world)
    world.rows("UPDATE staff SET roles = '{approver}' WHERE handle = 'sam'")

    assert world.decide(run, by=Origin("api", "sam")).refusal is Refusal.OWN_REQUEST
    assert _refusals(world) == ["own_request"]


@pytest.mark.parametrize("who", ["sam", "nobody"])
def test_only_an_approver_may_decide(world: World, who: str) -> None:
    run = _run(world)

    assert world.decide(run, by=Origin("api", who)).refusal is Refusal.NOT_AN_APPROVER
    assert world.message(run)["state"] == "planned"


def test_another_approver_may_decide(world: World) -> None:
    assert world.decide(_run(world), by=Origin("api", "bob")).refusal is None


def test_approving_other_wording_than_the_stored_is_refused(world: World) -> None:
    run = _run(world)

    assert world.decide(run, wording="0" * 64).refusal is Refusal.WORDING_CHANGED
    assert _refusals(world) == ["wording_changed"]


def test_an_approval_that_does_not_exist_is_refused(world: World) -> None:
    with transaction(world.engine) as session:
        verdict = approvals.decide(session, uuid4(), DecisionKind.APPROVE, "0", APPROVER, DecisionChannel.API)

    assert verdict == Verdict(None, Refusal.UNKNOWN_APPROVAL)
    assert _refusals(world) == ["unknown_approval"]


def asked(world: World, run: UUID, **changes: Any) -> AskFor:
    """The request that a run has made, with changes."""
    with transaction(world.engine) as session:
        current = approvals.of_run(session, run)
        assert current is not None
        items = session.exec(select(ApprovalItem.content_hash).where(col(ApprovalItem.approval_id) == current.id)).all()
    messages = world.rows(
        "SELECT content_hash FROM message WHERE run_id = :run AND audience = 'contact' ORDER BY position", run=run
    )
    assert set(items) == {message["content_hash"] for message in messages}
    wanted = AskFor(
        subject=ApprovalSubject.RUN,
        subject_id=run,
        client_id=world.client,
        run_id=run,
        items=[message["content_hash"] for message in messages],
        audience_hash=current.audience_hash,
        review=Review.OWNER,
        risk=RiskClass.ROUTINE,
        approver="ann",
        delegate=None,
        requested_by="sam",
        last_editor=None,
        within=timedelta(hours=1),
        recipients=tuple(current.recipients or ()),
    )
    return replace(wanted, **changes)


def ask(world: World, run: UUID, **changes: Any) -> UUID:
    with transaction(world.engine) as session:
        return approvals.ask(session, asked(world, run, **changes)).id


def _ask_for_other_wording(world: World, run: UUID) -> None:
    ask(world, run, items=["other wording"])


def test_changed_wording_supersedes_the_request_and_its_decision(world: World) -> None:
    run = _run(world)
    with transaction(world.engine) as session:
        old = approvals.of_run(session, run)
        assert old is not None
    world.decide(run)
    _ask_for_other_wording(world, run)

    with transaction(world.engine) as session:
        late = approvals.decide(session, old.id, DecisionKind.APPROVE, old.content_hash, APPROVER, DecisionChannel.API)

    assert late.refusal is Refusal.SUPERSEDED
    held = world.claim(run)
    assert isinstance(held, Held)
    assert held.reason is HoldReason.NOT_APPROVED


def test_a_request_that_was_superseded_while_it_was_read_is_refused(world: World) -> None:
    run = _run(world)
    with transaction(world.engine) as session:
        read = approvals.of_run(session, run)
        assert read is not None
        _ask_for_other_wording(world, run)

        verdict = approvals.decide(
            session, read.id, DecisionKind.APPROVE, read.content_hash, APPROVER, DecisionChannel.API
        )

    assert verdict.refusal is Refusal.SUPERSEDED


def test_asking_again_for_the_same_wording_is_the_same_request(world: World) -> None:
    run = _run(world)
    world.plan(run)

    assert len(world.rows("SELECT * FROM approval WHERE subject = 'run'")) == 1


def test_nothing_can_be_approved_after_the_deadline(world: World) -> None:
    run = _run(world)
    world.rows("UPDATE approval SET expires_at = clock_timestamp() WHERE subject = 'run'")

    assert _state(world, run) is ApprovalState.EXPIRED
    assert world.decide(run).refusal is Refusal.EXPIRED
    assert _refusals(world) == ["expired"]


def test_an_approval_can_be_revoked_after_the_deadline(world: World) -> None:
    run = _run(world)
    world.decide(run)
    world.rows("UPDATE approval SET expires_at = clock_timestamp() WHERE subject = 'run'")

    assert world.decide(run, DecisionKind.REVOKE).refusal is None

    assert world.message(run)["state"] == "planned"
    assert isinstance(world.claim(run), Held)


@pytest.mark.parametrize("withdrawal", [DecisionKind.REJECT, DecisionKind.REVOKE])
def test_a_later_withdrawal_cancels_the_release_of_what_has_not_left(world: World, withdrawal: DecisionKind) -> None:
    run = _run(world)
    world.decide(run)
    world.sent(run)

    world.decide(run, withdrawal)

    assert _state(world, run) is ApprovalState.REJECTED
    assert world.message(run)["state"] == "accepted"
    assert world.message(run, "again")["state"] == "planned"
    world.decide(run)
    assert isinstance(world.claim(run, "again"), Claimed)


def test_repeating_the_newest_decision_changes_nothing(world: World) -> None:
    run = _run(world)
    world.decide(run)
    decided, announced = len(world.events("approval_decided")), world.announced(run)

    assert world.decide(run).refusal is None

    assert len(world.rows("SELECT * FROM decision WHERE reason = '' AND channel = 'api'")) == decided
    assert (len(world.events("approval_decided")), world.announced(run)) == (decided, announced)


def test_an_overdue_approval_is_one_task_that_a_decision_closes(world: World) -> None:
    run = _run(world)
    world.control.escalate_approval(run)
    world.control.escalate_approval(run)

    [task] = world.tasks("approval_overdue")
    assert task["owner"] == "eve"
    world.decide(run)
    assert world.tasks("approval_overdue") == []


def test_revoking_a_template_holds_what_is_written_with_it(world: World) -> None:
    run = world.run()
    with transaction(world.engine) as session:
        asked = session.get_one(Approval, world.template_approvals[0])
        hashed = asked.content_hash
        approvals.decide(session, asked.id, DecisionKind.REVOKE, hashed, APPROVER, DecisionChannel.API)

    held = world.claim(run)
    assert isinstance(held, Held)
    assert held.reason is HoldReason.NOT_APPROVED
    assert isinstance(world.claim(run, "again"), Claimed)
