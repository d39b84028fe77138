"""Thousands of waiting runs of one client: paused in one request, previewed by the gate, resumed as previewed."""

import os
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine

from models.database.engine import transaction
from models.database.permission import pause_standing, pauses
from models.database.permission.pauses import Terms
from models.quiet_hours import WindowDecision
from models.sending import Claimed, Held, NotSent, SendResult, SendStep
from models.terms import PauseScope
from tests.database.many import waiting_runs
from tests.database.resuming import preview, resume, standing
from tests.database.telling import Tell
from tests.database.world import HERE, World

RUNS = int(os.environ.get("WAITING_RUNS", "1000"))
"""In thousands. The figures of the README are of 5000."""
TENTH = RUNS // 10
SHUT = WindowDecision(allowed=False, next_allowed=None, zones=("Pacific/Honolulu",), shut_in=("Pacific/Honolulu",))

EXPECTED = {
    "will_send": 5 * TENTH - 50,
    "expired": TENTH,
    "opted_out": TENTH,
    "not_approved": TENTH,
    "quiet_hours": TENTH,
    "run_ended": TENTH,
    "paused": 50,
}


def _became(result: Claimed | SendResult) -> str:
    match result:
        case Claimed():
            return "will_send"
        case Held() | NotSent():
            return result.reason
    raise AssertionError(result)


def _claim_all(world: World, engine: Engine, runs: Sequence[UUID]) -> Counter[str]:
    def claim(part: Sequence[UUID]) -> list[Claimed | SendResult]:
        ledger = world.another_ledger(engine)
        return [ledger.claim(SendStep(run_id=run, step="hello"), "w", 1) for run in part]

    with ThreadPoolExecutor(4) as threads:
        return Counter(_became(one) for part in threads.map(claim, (runs[n::4] for n in range(4))) for one in part)


def _vary(world: World, runs: Sequence[UUID]) -> None:
    """Let things happen meanwhile: what each hundred of a thousand is struck by."""

    def struck(number: int) -> list[UUID]:
        return [run for place, run in enumerate(runs) if place // 100 % 10 == number]

    where = "WHERE run_id = ANY(:runs) AND step = 'hello'"
    world.rows(f"UPDATE message SET expires_at = clock_timestamp() {where}", runs=struck(1))
    world.rows(
        "INSERT INTO consent (client_id, channel, address_hash, status, kind, source, wording_version, evidence, actor) "
        f"SELECT client_id, channel, address_hash, 'revoked', 0, 'reply', '', '', 'test' FROM message {where}",
        runs=struck(2),
    )
    world.rows(f"UPDATE message SET approved_hash = 'other' {where}", runs=struck(3))
    world.rows(f"UPDATE message SET places = ARRAY['US-HI'] {where}", runs=struck(4))
    world.rows("UPDATE run SET stop_requested_by = 'sam' WHERE id = ANY(:runs)", runs=struck(5))
    for run in struck(6)[:50]:
        world.pause(PauseScope.RUN, run=run)


@pytest.mark.timeout(300)
def test_a_client_with_thousands_of_waiting_runs_is_held_and_resumed_as_previewed(
    world: World, engine: Engine, tell: Tell
) -> None:
    one_run = world.run(lead=world.lead("Max", "+13035554998"))
    runs = waiting_runs(world, RUNS)
    world.pause(PauseScope.RUN, run=runs[0])  # warms the statements
    world.pause(PauseScope.RUN, paused=False, run=runs[0])

    began = time.monotonic()
    world.pause(PauseScope.RUN, run=one_run)
    one = time.monotonic() - began
    began = time.monotonic()
    with transaction(engine) as session:
        put = pauses.put_on(session, Terms(world.scope(), "because", "sam"), HERE)
        stands = pause_standing.of(session, put.pause)
    all_of_them = time.monotonic() - began
    world.pause(PauseScope.RUN, paused=False, run=one_run)
    assert (put.pause.runs, stands.held) == (RUNS + 1, RUNS)
    assert _claim_all(world, engine, runs[:200]) == {"paused": 200}

    _vary(world, runs)
    world.hours_at["US-HI"] = SHUT
    began = time.monotonic()
    shown = preview(world, put.pause, per_second=1000)
    looking = time.monotonic() - began
    assert shown.row.counts == EXPECTED
    began = time.monotonic()
    assert resume(world, put.pause, shown)
    letting_go = time.monotonic() - began
    turns = world.one("SELECT max(turn_at) - min(turn_at) AS takes FROM message")["takes"]
    assert turns == timedelta(seconds=(EXPECTED["will_send"] - 1) / 1000)

    world.rows("UPDATE message SET turn_at = clock_timestamp() WHERE turn_at IS NOT NULL")  # as if that time had passed
    assert _claim_all(world, engine, runs) == EXPECTED
    draining = standing(world, put.pause).draining
    assert draining is not None
    assert (draining.expected, draining.waiting) == (EXPECTED, 50)  # those that another pause holds
    came_to = {("sent" if what == "will_send" else what): n for what, n in EXPECTED.items() if what != "paused"}
    assert draining.came_to == came_to
    tell(f"pause of one run {one:.3f} s, of {RUNS} {all_of_them:.3f} s: {all_of_them / one:.0f} times as long")
    tell(f"preview of {RUNS} held messages {looking:.2f} s, resume {letting_go:.2f} s")
