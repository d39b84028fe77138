"""Who was first is read from the commit time stamps of the database, not from what the threads believe."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from models.sending import Claimed, Held, NotSent, SendResult, SendStep
from models.terms import ConsentKind, PauseScope
from tests.database.world import World

NAMES = ("Ada", "Ben", "Cy", "Di")
ROUNDS, MOST_ROUNDS = 12, 120

AFTER_AN_OPT_OUT = """
    SELECT count(*) AS n FROM claim_log l JOIN consent c USING (client_id, channel, address_hash)
    WHERE c.status = 'revoked' AND pg_xact_commit_timestamp(l.xmin) > pg_xact_commit_timestamp(c.xmin)
"""
INSIDE_A_PAUSE = """
    SELECT count(*) AS n FROM claim_log l WHERE 'pause' = (
        SELECT p.kind FROM pause_event p WHERE p.scope = ANY(l.scopes)
          AND pg_xact_commit_timestamp(p.xmin) < pg_xact_commit_timestamp(l.xmin) ORDER BY p.id DESC LIMIT 1)
"""
AFTER_A_STOP = """
    SELECT count(*) AS n FROM claim_log l JOIN message m ON m.id = l.message_id JOIN event e ON e.run_id = m.run_id
    WHERE e.kind = 'stop_requested' AND pg_xact_commit_timestamp(l.xmin) > pg_xact_commit_timestamp(e.xmin)
"""


def _four_runs(world: World, number: int) -> tuple[str, list[UUID]]:
    """Four runs to one phone; the wording differs, so that only the race decides."""
    phone = f"+1303555{number:04d}"
    runs = []
    for name in NAMES:
        runs.append(world.request(lead=world.lead(name, phone)))
        world.plan(runs[-1])
    world.grant(ConsentKind.INFORMATIONAL, where=phone)
    return phone, runs


def _rounds(results: list[Claimed | SendResult]) -> Iterator[int]:
    """Count rounds until both sides have won some, so that something raced."""
    for number in range(MOST_ROUNDS):
        if number >= ROUNDS and len({type(result) for result in results}) > 1:
            return
        yield number


def _race(
    world: World, engine: Engine, runs: list[UUID], against: Callable[[], Any], occurrence: int = 1
) -> list[Claimed | SendResult]:
    """Claim every run in a thread of its own while another thread does `against`."""
    start = Barrier(len(runs) + 1)

    def claim(run: UUID) -> Claimed | SendResult:
        ledger = world.another_ledger(engine)
        start.wait()
        return ledger.claim(SendStep(run_id=run, step="hello", occurrence=occurrence), "w", 1)

    def act() -> None:
        start.wait()
        against()

    with ThreadPoolExecutor(len(runs) + 1) as threads:
        other = threads.submit(act)
        results = list(threads.map(claim, runs))
        other.result()
    return results


def test_no_claim_commits_after_an_opt_out_of_its_address(world: World, engine: Engine) -> None:
    results: list[Claimed | SendResult] = []
    for number in _rounds(results):
        phone, runs = _four_runs(world, 1000 + number)
        results += _race(world, engine, runs, lambda phone=phone: world.opt_out(phone))  # type: ignore[misc]

    assert world.one(AFTER_AN_OPT_OUT)["n"] == 0
    assert {type(result) for result in results} == {Claimed, NotSent}  # else nothing raced


def test_no_repeat_is_claimed_after_an_opt_out_although_its_row_is_not_there_to_suppress(
    world: World, engine: Engine
) -> None:
    results: list[Claimed | SendResult] = []
    for number in _rounds(results):
        phone, runs = _four_runs(world, 4000 + number)
        world.rows("UPDATE message SET state = 'accepted', failure_class = 'transient' WHERE step = 'hello'")
        results += _race(world, engine, runs, lambda phone=phone: world.opt_out(phone), 2)  # type: ignore[misc]

    assert world.one(AFTER_AN_OPT_OUT)["n"] == 0
    assert {type(result) for result in results} == {Claimed, NotSent}


def test_an_opt_out_names_what_was_claimed_before_it(world: World, engine: Engine) -> None:
    phone, runs = _four_runs(world, 1000)
    in_flight: list[UUID] = []

    results = _race(world, engine, runs, lambda: in_flight.extend(world.opt_out(phone).in_flight))

    assert set(in_flight) == {result.message_id for result in results if isinstance(result, Claimed)}


def test_no_claim_commits_inside_a_pause(world: World, engine: Engine) -> None:
    results: list[Claimed | SendResult] = []
    for number in _rounds(results):
        _, runs = _four_runs(world, 2000 + number)
        results += _race(world, engine, runs, lambda: world.pause(PauseScope.CLIENT))
        world.pause(PauseScope.CLIENT, paused=False)

    assert world.one(INSIDE_A_PAUSE)["n"] == 0
    assert {type(result) for result in results} == {Claimed, Held}


def test_no_claim_of_a_run_commits_after_its_stop(world: World, engine: Engine) -> None:
    results: list[Claimed | SendResult] = []
    for number in _rounds(results):
        _, runs = _four_runs(world, 3000 + number)
        results += _race(world, engine, runs, lambda runs=runs: [world.stop(run) for run in runs])  # type: ignore[misc]

    assert world.one(AFTER_A_STOP)["n"] == 0
    assert {type(result) for result in results} == {Claimed, NotSent}
