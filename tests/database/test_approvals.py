from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from models.database import approvals
from models.database.approvals import Refusal, Verdict
from models.database.engine import transaction
from models.database.events import Origin
from models.database.tables.approvals import Approval
from models.outreach import SignalClaim
from models.sending import Claimed, Held, HoldReason
from models.terms import ApprovalPolicy, ApprovalState, DecisionChannel, DecisionKind
from tests.database.world import APPROVER, KEY, World

UI = Origin("temporal_ui", "temporal_ui")


def _run(world: World, name: str = "Lea") -> UUID:
    return world.run(ApprovalPolicy.RUN, world.lead(name))


def _code(world: World, run: UUID, approver: str = "ann", lasts: timedelta = timedelta(hours=1)) -> str:
    with transaction(world.engine) as session:
        approval = approvals.of_run(session, run)
        assert approval is not None
        return approvals.issue_code(session, approval, approver, KEY, lasts)


def _show(world: World, run: UUID, code: str, decision: DecisionKind = DecisionKind.APPROVE) -> Verdict:
    with transaction(world.engine) as session:
        return approvals.decide_by_code(session, run, code, decision, KEY, UI)


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


def test_approval_by_a_code_does_what_approval_by_the_api_does(world: World) -> None:
    run = _run(world)

    assert _show(world, run, _code(world, run)).refusal is None

    [decision] = world.rows("SELECT * FROM decision WHERE channel = 'temporal_ui'")
    assert (decision["approver"], decision["decision"]) == ("ann", "approve")
    asked = world.one("SELECT content_hash FROM approval WHERE subject = 'run'")
    assert decision["content_hash"] == asked["content_hash"]
    assert isinstance(world.claim(run), Claimed)


def test_a_code_is_read_whatever_way_it_is_typed(world: World) -> None:
    run = _run(world)
    code = _code(world, run)

    typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]} "
    assert _show(world, run, typed).refusal is None


def test_a_typed_signal_goes_through_the_same_check(world: World) -> None:
    run = _run(world)
    claim = SignalClaim(run_id=run, signal="approve", decision=DecisionKind.APPROVE, code="WRONG")
    world.control.settle(claim)
    assert _refusals(world) == ["wrong_code"]

    world.control.settle(claim.model_copy(update={"code": _code(world, run)}))
    assert _state(world, run) is ApprovalState.APPROVED


def test_a_wrong_code_is_refused_and_recorded_and_the_run_is_unharmed(world: World) -> None:
    run = _run(world)

    assert _show(world, run, "23456789ABCD").refusal is Refusal.WRONG_CODE

    assert _state(world, run) is ApprovalState.WAITING
    assert world.message(run)["state"] == "planned"
    [event] = world.events("approval_refused")
    assert (event["run_id"], event["actor"], event["reason"]) == (run, "temporal_ui", "wrong_code")


def test_a_code_works_once(world: World) -> None:
    run = _run(world)
    code = _code(world, run)
    _show(world, run, code)

    assert _show(world, run, code, DecisionKind.REJECT).refusal is Refusal.WRONG_CODE
    assert _state(world, run) is ApprovalState.APPROVED


def test_an_expired_code_is_a_wrong_code(world: World) -> None:
    run = _run(world)
    code = _code(world, run, lasts=timedelta(seconds=-1))

    assert _show(world, run, code).refusal is Refusal.WRONG_CODE


def test_a_code_of_another_run_is_refused_and_spent(world: World) -> None:
    run, other = _run(world), _run(world, "Max")
    code = _code(world, other)

    assert _show(world, run, code).refusal is Refusal.WRONG_RUN

    assert _state(world, run) is ApprovalState.WAITING
    assert _show(world, other, code).refusal is Refusal.WRONG_CODE
    assert _refusals(world) == ["wrong_run", "wrong_code"]
    assert world.events("approval_refused")[0]["actor"] == "ann"


def test_a_code_shown_to_a_run_that_needs_no_approval_is_spent_too(world: World) -> None:
    run, by_template = _run(world), world.run(ApprovalPolicy.TEMPLATE, world.lead("Max"))
    code = _code(world, run)

    assert _show(world, by_template, code).refusal is Refusal.WRONG_RUN
    assert _show(world, run, code).refusal is Refusal.WRONG_CODE


def test_a_valid_code_is_spent_even_if_the_decision_is_refused(world: World) -> None:
    run = _run(world)
    code = _code(world, run)
    world.rows("UPDATE staff SET active = false WHERE handle = 'ann'")

    assert _show(world, run, code).refusal is Refusal.NOT_AN_APPROVER

    world.rows("UPDATE staff SET active = true WHERE handle = 'ann'")
    assert _show(world, run, code).refusal is Refusal.WRONG_CODE


def test_a_code_is_never_stored_plain_and_needs_the_servers_key(world: World) -> None:
    run = _run(world)
    code = _code(world, run)

    everything = str(world.rows("SELECT * FROM approval_code")) + str(world.rows("SELECT * FROM event"))
    assert code not in everything
    with transaction(world.engine) as session:
        stolen = approvals.decide_by_code(session, run, code, DecisionKind.APPROVE, b"another key", UI)
    assert stolen.refusal is Refusal.WRONG_CODE


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


def _ask_for_other_wording(world: World, run: UUID) -> None:
    with transaction(world.engine) as session:
        approvals.open_for_run(session, run, world.client, ["other wording"], "ann", "sam", timedelta(hours=1))


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
    assert _show(world, run, _code(world, run)).refusal is Refusal.EXPIRED
    assert _refusals(world) == ["expired", "expired"]


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
