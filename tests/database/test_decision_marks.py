"""A decision counts only with its mark: who merely writes to the database approves nothing, and the audit names the row."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine

from models.approving import ApprovalSubject
from models.database.audit import audit
from models.database.engine import make_engine, transaction
from models.database.permission import marks
from models.incidents.states import IncidentState
from models.incidents.steering import Act, Approving
from models.sending import Claimed, Held, HoldReason
from models.settings import DatabaseSettings
from models.terms import ApprovalPolicy, DecisionKind
from tests.database.incidents import Incidents
from tests.database.world import World

_MINTED = """
    INSERT INTO decision (approval_id, content_hash, audience_hash, decision, approver, channel, reason)
    SELECT id, content_hash, audience_hash, 'approve', 'ann', 'api', '' FROM approval WHERE run_id = :run
"""
_AGAIN = """
    WITH again AS (
        INSERT INTO decision (approval_id, content_hash, audience_hash, decision, approver, channel, principal, reason, at)
        SELECT approval_id, content_hash, audience_hash, decision, approver, channel, principal, reason, at FROM decision
        WHERE decision = 'approve' AND approval_id IN (SELECT id FROM approval WHERE run_id = :run)
        RETURNING id)
    INSERT INTO decision_mark (decision_id, mark)
    SELECT again.id, k.mark FROM again, decision_mark k JOIN decision d ON d.id = k.decision_id
    WHERE d.decision = 'approve' AND d.approval_id IN (SELECT id FROM approval WHERE run_id = :run)
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """One that has a key, as in production."""
    made = make_engine(DatabaseSettings.model_validate({"url": database_url, "decision_key": "one"}))
    yield made
    made.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    """One whose every decision was given here, under this key."""
    return World(engine)


def _asked(world: World) -> UUID:
    return world.run(ApprovalPolicy.RUN)


def _held(world: World, run: UUID) -> bool:
    world.rows("UPDATE message SET state = 'ready' WHERE run_id = :run AND state = 'planned'", run=run)
    claim = world.claim(run)
    return isinstance(claim, Held) and claim.reason is HoldReason.NOT_APPROVED


def _named(world: World) -> tuple[str, ...]:
    [found] = [one for one in audit(world.engine, None).findings if one.invariant == "I22"]
    return found.examples


def test_a_decision_of_the_service_carries_its_mark(world: World) -> None:
    run = _asked(world)
    world.decide(run)

    assert isinstance(world.claim(run), Claimed)
    assert _named(world) == ()


def test_a_decision_that_was_written_past_the_service_approves_nothing_and_is_named(world: World) -> None:
    run = _asked(world)
    world.rows(_MINTED, run=run)

    assert _held(world, run)
    assert _named(world) == (str(world.one("SELECT max(id) AS id FROM decision")["id"]),)


def test_what_an_incident_holds_is_not_let_go_by_a_decision_written_past_the_service(world: World) -> None:
    incidents = Incidents(world)
    incident = incidents.open()
    incidents.move(incident, IncidentState.RESOLVED)
    incidents.do(incident, Act.ASK_TO_RESUME)
    world.rows(_MINTED, run=incidents.run(incident))
    assert incidents.look(incident).resume is Approving.APPROVED

    incidents.do(incident, Act.RESUME)

    assert incidents.look(incident).holds


@pytest.mark.parametrize(
    "change",
    [
        "approver = 'bob'",
        "at = at - interval '1 day'",
        "channel = 'command'",
        "principal = 'jwt:ann'",
        "content_hash = (SELECT content_hash FROM approval WHERE run_id = :run)",
    ],
)
def test_a_decision_that_was_altered_approves_nothing_and_is_named(world: World, change: str) -> None:
    run, other = _asked(world), world.run(ApprovalPolicy.RUN, world.lead("Max"))
    world.decide(run)
    where = "approval_id IN (SELECT id FROM approval WHERE run_id = :run)"
    if change.startswith("content_hash"):  # a yes to something else is bent to cover this
        world.decide(other)
        world.rows(f"UPDATE decision SET {change}, approval_id = (SELECT id FROM approval WHERE run_id = :run) "
                   "WHERE approval_id IN (SELECT id FROM approval WHERE run_id = :other)", run=run, other=other)  # fmt: skip
    else:
        world.rows(f"UPDATE decision SET {change} WHERE {where}", run=run)

    assert _held(world, run)
    assert len(_named(world)) == 1


def test_a_yes_that_was_taken_back_does_not_count_again_under_another_id(world: World) -> None:
    run = _asked(world)
    world.decide(run)
    world.decide(run, DecisionKind.REVOKE)
    world.rows(_AGAIN, run=run)

    assert _held(world, run)
    assert len(_named(world)) == 1


def test_under_another_key_nothing_counts_until_a_person_has_marked_it(world: World, database_url: str) -> None:
    run = _asked(world)
    world.decide(run)
    world.rows("DELETE FROM decision_mark")
    assert _held(world, run)

    with transaction(world.engine) as session:
        assert marks.count_unmarked(session) == marks.mark_earlier(session) > 0
        assert marks.mark_earlier(session) == 0
    assert isinstance(world.claim(run), Claimed)
    keyed = make_engine(DatabaseSettings.model_validate({"url": database_url, "decision_key": "another"}))
    with transaction(keyed) as session:
        approval = world.one("SELECT subject_id FROM approval WHERE run_id = :run", run=run)["subject_id"]
        assert marks.rests_on_altered(session, ApprovalSubject.RUN, approval)
    keyed.dispose()
