from datetime import timedelta
from uuid import UUID

from models.approving import Refusal, Verdict
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approval_codes, approvals
from models.outreach import SignalClaim
from models.sending import Claimed
from models.terms import ApprovalPolicy, ApprovalState, DecisionKind
from tests.database.world import KEY, World

UI = Origin("temporal_ui", "temporal_ui")


def _run(world: World, name: str = "Lea") -> UUID:
    return world.run(ApprovalPolicy.RUN, world.lead(name))


def _code(world: World, run: UUID, approver: str = "ann", lasts: timedelta = timedelta(hours=1)) -> str:
    with transaction(world.engine) as session:
        approval = approvals.of_run(session, run)
        assert approval is not None
        return approval_codes.issue_code(session, approval, approver, KEY, lasts)


def _show(world: World, run: UUID, code: str, decision: DecisionKind = DecisionKind.APPROVE) -> Verdict:
    with transaction(world.engine) as session:
        return approval_codes.decide_by_code(session, run, code, decision, KEY, UI)


def _state(world: World, run: UUID) -> ApprovalState:
    return world.control.look(run).approval


def _refusals(world: World) -> list[str]:
    return [event["reason"] for event in world.events("approval_refused")]


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
    claim = SignalClaim(run_id=run, signal="approve", decision=DecisionKind.APPROVE, shown=("WRONG",))
    world.control.settle(claim)
    assert _refusals(world) == ["wrong_code"]

    world.control.settle(claim.model_copy(update={"shown": (_code(world, run),)}))
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
        stolen = approval_codes.decide_by_code(session, run, code, DecisionKind.APPROVE, b"another key", UI)
    assert stolen.refusal is Refusal.WRONG_CODE


def test_a_code_does_not_extend_the_deadline(world: World) -> None:
    run = _run(world)
    world.rows("UPDATE approval SET expires_at = clock_timestamp() WHERE subject = 'run'")

    assert _show(world, run, _code(world, run)).refusal is Refusal.EXPIRED
    assert _refusals(world) == ["expired"]


def test_a_code_that_was_typed_in_the_wrong_place_is_spent(world: World) -> None:
    run = _run(world)
    code = _code(world, run)

    world.control.settle(SignalClaim(run_id=run, signal="unknown", shown=("Approve", code), problem="no such signal"))

    assert _show(world, run, code).refusal is Refusal.WRONG_CODE
