"""Pauses and resumes of all scopes, in any order and beside claims: by commit times, nothing was claimed inside a pause."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.database.audit import audit
from models.sending import Claimed, Held, SendStep
from models.terms import PauseScope
from tests.database.world import World

RUNS = 4
Change = tuple[PauseScope, bool]
RACES = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),  # a race that was lost is not lost again while its example is made shorter
    suppress_health_check=list(HealthCheck),
)
numbers = count()
changes = st.lists(st.tuples(st.sampled_from(PauseScope), st.booleans()), min_size=2, max_size=6)


def _claim_all(world: World, runs: Sequence[UUID], start: Barrier) -> list[object]:
    ledger = world.another_ledger(world.engine)
    start.wait()
    return [ledger.claim(SendStep(run_id=run, step=step), "w", 1) for run in runs for step in ("hello", "again")]


def _change(world: World, run: UUID, order: Sequence[Change], start: Barrier) -> None:
    start.wait()
    for scope, paused in order:
        world.pause(scope, paused, run)


def test_no_claim_commits_inside_a_pause_whatever_the_order(world: World) -> None:
    results: list[object] = []

    @RACES
    @given(order=changes)
    def claims_beside(order: list[Change]) -> None:
        runs = [world.run(lead=world.lead("Lea", f"+1303557{next(numbers):04d}")) for _ in range(RUNS)]
        start = Barrier(3)
        with ThreadPoolExecutor(3) as threads:
            claims = [threads.submit(_claim_all, world, half, start) for half in (runs[::2], runs[1::2])]
            threads.submit(_change, world, runs[0], order, start).result()
            results.extend(result for claim in claims for result in claim.result())
        for scope in PauseScope:
            world.pause(scope, paused=False, run=runs[0])

        assert audit(world.engine, None).bad("I11") == 0

    claims_beside()

    assert {type(result) for result in results} == {Claimed, Held}  # else nothing raced
