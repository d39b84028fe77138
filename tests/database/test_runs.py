from uuid import UUID, uuid4

import pytest

from models.database import runs
from models.database.engine import transaction
from models.database.events import Origin
from models.database.tables.runs import Run
from models.errors import KeyReusedWithDifferentContent, UnknownRecord
from models.outreach import SignalClaim
from models.provider_answers import lost_answer
from models.sending import NotSent, NotSentReason
from models.terms import Control, OutreachOutcome
from tests.database.world import HERE, World

BODY = runs.body_hash({"lead": 1})


def _run(world: World, lead: UUID) -> Run:
    return Run(
        kind="outreach",
        client_id=world.client,
        lead_id=lead,
        owner="sam",
        escalation_owner="eve",
        requested_by="sam",
        rollback_path="",
        state="requested",
    )


def _request(world: World, key: str = "k", body: str = BODY, actor: str = "sam") -> UUID:
    with transaction(world.engine) as session:
        earlier = runs.earlier_start(session, actor, key, body)
        return earlier.run_id if earlier else runs.request(session, _run(world, world.lead()), actor, key, body)


def test_the_same_request_under_the_same_key_is_the_same_run(world: World) -> None:
    assert _request(world) == _request(world)
    assert len(world.rows("SELECT * FROM run")) == 1
    assert len(world.events("run_requested")) == 1


def test_another_request_under_the_same_key_is_refused(world: World) -> None:
    _request(world)

    with pytest.raises(KeyReusedWithDifferentContent):
        _request(world, body=runs.body_hash({"lead": 2}))


def test_a_key_belongs_to_who_used_it(world: World) -> None:
    assert _request(world) != _request(world, actor="ann")
    assert _request(world, key="other") != _request(world)


def test_the_order_of_a_bodys_fields_does_not_matter() -> None:
    assert runs.body_hash({"a": 1, "b": 2}) == runs.body_hash({"b": 2, "a": 1})
    assert runs.body_hash({"a": 1}) != runs.body_hash({"a": 2})


def test_of_two_requests_at_the_same_time_the_second_leaves_nothing(world: World) -> None:
    first = _request(world)

    with pytest.raises(runs.LostRace), transaction(world.engine) as session:
        runs.request(session, _run(world, world.lead()), "sam", "k", BODY)  # it had read before the first was stored

    assert [row["id"] for row in world.rows("SELECT id FROM run")] == [first]
    assert _request(world) == first


def test_a_stop_is_recorded_once_and_names_what_is_in_flight(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    doubtful = world.claimed(run, "mail")
    world.ledger.record(doubtful, lost_answer("ReadTimeout"))
    before = world.announced(run)

    change = world.stop(run)

    assert change.changed
    assert set(change.in_flight) == {claim.message_id, doubtful.message_id}
    assert world.stop(run) == runs.Change(False)
    [event] = world.events("stop_requested")
    assert (event["actor"], set(event["facts"]["in_flight"])) == ("sam", {str(m) for m in change.in_flight})
    assert world.announced(run) == before + 1
    assert world.control.look(run).ended_by is OutreachOutcome.STOPPED


def test_nothing_of_a_stopped_run_is_claimed(world: World) -> None:
    run = world.run()
    world.stop(run)

    result = world.claim(run)

    assert isinstance(result, NotSent)
    assert result.reason is NotSentReason.RUN_ENDED
    assert world.message(run)["state"] == "cancelled"


def test_two_people_who_stop_a_run_at_once_stop_it_once(world: World) -> None:
    run = world.run()
    with transaction(world.engine) as session:
        runs.existing(session, run)  # the second one has read the run before the first one stops it
        world.stop(run)

        assert runs.stop(session, run, Origin("api", "eve")) == runs.Change(False)

    assert [event["actor"] for event in world.events("stop_requested")] == ["sam"]


def test_a_roll_back_is_recorded_once_and_is_possible_after_the_end(world: World) -> None:
    run = world.run()
    world.control.close(run, OutreachOutcome.REPLIED)

    claim = SignalClaim(run_id=run, signal="roll_back", control=Control.ROLL_BACK)
    world.control.settle(claim)
    world.control.settle(claim)

    assert len(world.events("roll_back_requested")) == 1
    assert world.control.look(run).rolled_back
    assert not world.stop(run).changed  # it has ended


def test_a_run_keeps_its_first_outcome_and_what_was_not_sent_is_cancelled(world: World) -> None:
    run = world.run()
    world.sent(run)

    world.control.close(run, OutreachOutcome.REPLIED)
    world.control.close(run, OutreachOutcome.EXPIRED)

    row = world.one("SELECT state, outcome FROM run")
    assert (row["state"], row["outcome"]) == ("closed", "replied")
    assert [world.message(run, step)["state"] for step in ("hello", "again", "mail")] == [
        "accepted",
        "cancelled",
        "cancelled",
    ]
    assert [event["reason"] for event in world.events("run_closed")] == ["replied"]
    assert world.one("SELECT disposition FROM lead")["disposition"] == "replied"


def test_a_doubt_outlives_its_run(world: World) -> None:
    run = world.run()
    world.ledger.record(world.claimed(run), lost_answer("ReadTimeout"))

    world.control.close(run, OutreachOutcome.GIVEN_TO_PERSON)

    assert world.message(run)["state"] == "unknown"
    assert world.message(run)["next_check_at"] is not None


@pytest.mark.parametrize(
    ("outcome", "owner"),
    [
        (OutreachOutcome.UNREACHABLE, "sam"),
        (OutreachOutcome.NOT_APPROVED, "sam"),
        (OutreachOutcome.EXPIRED, "sam"),
        (OutreachOutcome.GIVEN_TO_PERSON, "eve"),
    ],
)
def test_an_end_that_only_a_person_can_follow_up_is_a_task(world: World, outcome: OutreachOutcome, owner: str) -> None:
    run = world.run()
    world.control.close(run, outcome)

    [task] = world.tasks(f"run_{outcome}")
    assert (task["owner"], task["run_id"]) == (owner, run)


def test_a_signal_that_cannot_be_used_is_refused_and_harms_nothing(world: World) -> None:
    run = world.run()
    before = world.control.look(run)

    world.control.settle(SignalClaim(run_id=run, signal="unknown", problem="there is no such signal"))

    [event] = world.events("signal_refused")
    assert event["facts"] == {"signal": "unknown"}
    assert world.control.look(run) == before


def test_a_run_that_does_not_exist_is_said_so(world: World) -> None:
    with pytest.raises(UnknownRecord):
        world.control.look(uuid4())
    with pytest.raises(UnknownRecord), transaction(world.engine) as session:
        runs.stop(session, uuid4(), HERE)
