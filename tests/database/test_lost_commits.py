from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import create_engine

from models.errors import TryAgain
from models.sending import Claimed, SendResult, SendStep
from tests.database.world import World


@contextmanager
def _broken_at_commit(engine: Engine, *, committed: bool, meanwhile: Any = lambda: None) -> Iterator[None]:
    """Lose the connection at the next commit of a claim, after or before the server has carried it out."""
    lost: list[bool] = []

    def lose(connection: Any) -> None:
        claims = connection.exec_driver_sql("SELECT count(*) FROM claim_log").scalar_one()
        if lost or not claims:
            return
        lost.append(True)
        wire = connection.connection.dbapi_connection
        if committed:
            wire.commit()
        wire.close()
        meanwhile()

    event.listen(engine, "commit", lose)
    yield
    event.remove(engine, "commit", lose)


def test_a_claim_whose_commit_was_carried_out_but_not_confirmed_is_given_back(world: World, engine: Engine) -> None:
    run = world.run()

    with _broken_at_commit(engine, committed=True), pytest.raises(TryAgain):
        world.claim(run)

    assert [(a["outcome"], a["reason"]) for a in world.attempts(run)] == [("not_accepted", "commit_unknown")]
    assert world.claimed(run).fence == 2


def test_a_claim_whose_commit_was_lost_leaves_nothing_behind(world: World, engine: Engine) -> None:
    run = world.run()

    with _broken_at_commit(engine, committed=False), pytest.raises(TryAgain):
        world.claim(run)

    assert world.attempts(run) == []
    assert world.claimed(run).fence == 1


def test_a_worker_whose_commit_was_lost_does_not_give_back_the_claim_of_another(
    world: World, engine: Engine, database_url: str
) -> None:
    run = world.run()
    theirs = create_engine(database_url)
    claims: list[Claimed | SendResult] = []
    other = world.another_ledger(theirs, "worker-2")
    breaks = _broken_at_commit(
        engine,
        committed=False,
        meanwhile=lambda: claims.append(other.claim(SendStep(run_id=run, step="hello"), "w", 1)),
    )

    with breaks, pytest.raises(TryAgain):
        world.claim(run)

    theirs.dispose()
    assert [type(claim) for claim in claims] == [Claimed]
    assert [(a["worker"], a["outcome"]) for a in world.attempts(run)] == [("worker-2", None)]
    assert world.message(run)["state"] == "dispatching"
