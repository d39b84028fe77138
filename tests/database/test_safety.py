"""A database on which a claim could be lost or doubled is named and refused."""

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, create_engine

from models.database.safety import UnsafeDatabase, UnsafeIsolation, refuse_unsafe
from models.sending import SendStep
from tests.database.world import World


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_claim_refuses_to_run_above_read_committed(world: World, database_url: str, level: str) -> None:
    run = world.run()
    snapshot = create_engine(database_url, isolation_level=level)
    try:
        with pytest.raises(UnsafeIsolation):
            world.another_ledger(snapshot).claim(SendStep(run_id=run, step="hello"), "w", 1)
        with pytest.raises(UnsafeDatabase, match=f"transaction_isolation is {level.lower()}, must be read committed"):
            refuse_unsafe(snapshot)
    finally:
        snapshot.dispose()
    assert world.attempts(run) == []


def test_a_database_that_could_lose_a_claim_is_named_and_refused(engine: Engine, database_url: str) -> None:
    refuse_unsafe(engine)
    forgetful = create_engine(database_url, connect_args={"options": "-c synchronous_commit=off"})
    try:
        with pytest.raises(UnsafeDatabase, match="^synchronous_commit is off, must be on$"):
            refuse_unsafe(forgetful)
    finally:
        forgetful.dispose()


def test_a_schema_without_its_strongest_guard_is_named_and_refused(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("DROP INDEX at_most_one_live_attempt"))
        connection.commit()
        try:
            with pytest.raises(
                UnsafeDatabase, match="at_most_one_live_attempt is missing; run `comms database upgrade`"
            ):
                refuse_unsafe(engine)
        finally:
            guard = "ON attempt (message_id) WHERE outcome IS DISTINCT FROM 'not_accepted'"
            connection.execute(text(f"CREATE UNIQUE INDEX at_most_one_live_attempt {guard}"))
            connection.commit()


def test_claims_and_opt_outs_can_be_ordered_by_their_commits(engine: Engine) -> None:
    with Session(engine) as session:
        assert session.execute(text("SHOW track_commit_timestamp")).scalar_one() == "on"
