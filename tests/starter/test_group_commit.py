import asyncio
import threading
from collections.abc import Sequence
from http import HTTPStatus

import pytest
from anyio import CapacityLimiter

from models.database.inbound.arrivals import Arrival
from starter.problems import Problem
from starter.webhooks.committing import MOST, GroupCommit


class Database:
    """Notes each group; the first transaction lasts until it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.errors: list[Exception | None] = []
        self.go_on = threading.Event()

    def store(self, arrivals: Sequence[Arrival]) -> None:
        first = not self.groups
        self.groups.append([arrival.dedupe_key for arrival in arrivals])
        if first:
            assert self.go_on.wait(10)
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def commits(database: Database) -> GroupCommit:
    return GroupCommit(database.store, CapacityLimiter(1))


def keep(commits: GroupCommit, key: object) -> "asyncio.Task[None]":
    return asyncio.create_task(commits.keep(Arrival("twilio", str(key), "status", b"")))


async def first_under_way(commits: GroupCommit, database: Database) -> "asyncio.Task[None]":
    task = keep(commits, "first")
    while not database.groups:
        await asyncio.sleep(0.001)
    return task


async def test_one_that_comes_alone_is_committed_at_once(database: Database, commits: GroupCommit) -> None:
    database.go_on.set()
    for key in ("a", "b"):
        await keep(commits, key)

    assert database.groups == [["a"], ["b"]]


async def test_what_comes_during_a_commit_is_committed_together(database: Database, commits: GroupCommit) -> None:
    first = await first_under_way(commits, database)
    others = [keep(commits, number) for number in range(MOST + 1)]
    await asyncio.sleep(0)
    assert not first.done()
    database.go_on.set()
    await asyncio.gather(first, *others)

    assert [len(group) for group in database.groups] == [1, MOST, 1]
    assert [key for group in database.groups for key in group] == ["first", *map(str, range(MOST + 1))]


async def test_nobody_of_a_failed_commit_is_told_that_it_is_kept(database: Database, commits: GroupCommit) -> None:
    database.errors = [None, ValueError("a secret"), None]
    first = await first_under_way(commits, database)
    others = [keep(commits, number) for number in range(3)]
    await asyncio.sleep(0)
    database.go_on.set()

    told = await asyncio.gather(first, *others, return_exceptions=True)
    assert told[0] is None
    for problem in told[1:]:
        assert isinstance(problem, Problem)
        assert (problem.status, "secret" in problem.detail) == (HTTPStatus.SERVICE_UNAVAILABLE, False)
    await keep(commits, "later")
    assert database.groups[-1] == ["later"]


async def test_a_sender_that_hangs_up_takes_nobody_with_it(database: Database, commits: GroupCommit) -> None:
    first = await first_under_way(commits, database)
    hangs_up, stays = keep(commits, "hangs up"), keep(commits, "stays")
    await asyncio.sleep(0)
    hangs_up.cancel()
    database.go_on.set()
    await asyncio.gather(first, stays)

    assert database.groups == [["first"], ["hangs up", "stays"]]
