"""Telling Temporal of starts: what is refused, what may pass, what is away."""

from typing import Any

import pytest
from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.database.outbox import Outbox
from starter.relay.announcing import Announcer
from tests.database.world import World


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


class Server(Client):
    """A workflow server that answers every start as it is told; what it gets is only the call."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)

    async def start_workflow(self, *_: Any, **__: Any) -> Any:
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer


def says(status: RPCStatusCode) -> RPCError:
    return RPCError("no", status, b"")


async def test_a_start_that_is_refused_for_good_is_a_task_until_it_is_accepted(world: World) -> None:
    run = world.request()
    announcer = Announcer(Outbox(world.engine), Server(says(RPCStatusCode.INVALID_ARGUMENT), None), "comms")

    await announcer.deliver_due()
    [task] = world.tasks("start_refused")
    assert task["run_id"] == run
    later = world.one("SELECT extract(epoch FROM next_try_at - clock_timestamp()) AS seconds, last_error FROM outbox")
    assert (round(float(later["seconds"])), later["last_error"]) == (600, "INVALID_ARGUMENT")

    world.rows("UPDATE outbox SET next_try_at = clock_timestamp()")
    await announcer.deliver_due()
    assert world.tasks() == []
    assert world.announced(run) == 0


@pytest.mark.parametrize("error", [says(RPCStatusCode.UNAVAILABLE), RuntimeError(), ValueError()])
async def test_what_may_pass_is_tried_again_soon_and_is_no_task(world: World, error: Exception) -> None:
    first, second = world.request(), world.request(lead=world.lead("Max"))
    announcer = Announcer(Outbox(world.engine), Server(error, None), "comms")

    await announcer.deliver_due()

    assert sorted([world.announced(first), world.announced(second)]) == [0, 1]
    assert world.tasks() == []


async def test_while_the_server_is_away_one_row_at_a_time_finds_out_when_it_is_back(world: World) -> None:
    runs = [world.request(lead=world.lead(name)) for name in ("Ann", "Bea", "Cid", "Dot")]
    away = [says(RPCStatusCode.UNAVAILABLE)] * 2
    announcer = Announcer(Outbox(world.engine), Server(*away, None, None, None, None), "comms")
    world.rows(
        "UPDATE outbox SET next_try_at = clock_timestamp() + interval '1 hour' WHERE run_id <> :run", run=runs[0]
    )

    assert (await announcer.deliver_due(), announcer.is_away) == (1, True)
    world.rows("UPDATE outbox SET next_try_at = clock_timestamp()")
    assert (await announcer.deliver_due(), announcer.is_away) == (1, True)
    world.rows("UPDATE outbox SET next_try_at = clock_timestamp()")
    assert (await announcer.deliver_due(), announcer.is_away) == (1, False)
    assert await announcer.deliver_due() == 3
    assert [world.announced(run) for run in runs] == [0, 0, 0, 0]


async def test_a_workflow_that_exists_is_a_start_that_was_delivered(world: World) -> None:
    run = world.request()
    server = Server(WorkflowAlreadyStartedError(str(run), "OutreachSequence"))

    await Announcer(Outbox(world.engine), server, "comms").deliver_due()

    assert world.announced(run) == 0
