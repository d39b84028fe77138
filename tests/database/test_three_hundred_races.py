"""300 opt-outs and 300 pauses against sends that are due: by the database's own commit times, none is claimed after them."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine

from models.addresses import address_hash
from models.database.audit import audit
from models.database.engine import transaction
from models.database.permission import consent, pauses
from models.database.permission.consent import Address, Proof
from models.database.permission.pause_announcing import announce_pauses
from models.database.permission.pauses import Terms
from models.sending import Claimed, Held, NotSent, SendStep
from models.terms import Channel, PauseScope
from tests.database.many import waiting_runs
from tests.database.telling import Tell, percentiles
from tests.database.world import HERE, World

CLAIMERS, EACH, RUNS, AHEAD = 6, 300, 3000, 12
AFTER_AN_OPT_OUT = """
    SELECT count(*) AS n FROM claim_log l JOIN consent c USING (client_id, channel, address_hash)
    WHERE c.status = 'revoked' AND pg_xact_commit_timestamp(l.xmin) > pg_xact_commit_timestamp(c.xmin)
"""
INSIDE_A_PAUSE = """
    SELECT count(*) AS n FROM claim_log l WHERE EXISTS (
        SELECT 1 FROM (SELECT DISTINCT ON (p.pause_id) p.kind FROM pause_event p WHERE p.scope = ANY(l.scopes)
            AND pg_xact_commit_timestamp(p.xmin) < pg_xact_commit_timestamp(l.xmin) ORDER BY p.pause_id, p.id DESC) newest
        WHERE newest.kind = 'pause')
"""


class Race:
    """Claimers walk through due messages; who stops them aims at what comes next."""

    def __init__(self, world: World, engine: Engine, runs: Sequence[UUID]) -> None:
        self.world, self.engine, self.runs = world, engine, runs
        self.at = 0
        self.results: Counter[str] = Counter()
        self.random = random.Random(20261121)  # noqa: S311  (a seed, so that the race can be run again)
        self._lock = threading.Lock()

    def claim_all(self) -> None:
        """Claim whatever comes next until nothing is left."""
        ledger = self.world.another_ledger(self.engine)
        while True:
            with self._lock:
                place, self.at = self.at, self.at + 1
            if place >= len(self.runs):
                return
            result = ledger.claim(SendStep(run_id=self.runs[place], step="hello"), "w", 1)
            with self._lock:
                self.results[type(result).__name__] += 1

    def tell_all(self) -> None:
        """Tell the runs inside wide pauses, as the relay does, as long as there are claims."""
        while self.at < len(self.runs):
            announce_pauses(self.engine)
            time.sleep(0.05)

    def stop(self, stopping: Callable[[UUID], None], pace: float) -> list[float]:
        """Stop what is about to be claimed, again and again; how long each took to take effect, in seconds."""
        took: list[float] = []
        while len(took) < EACH:
            place = min(self.at + self.random.randrange(AHEAD), len(self.runs) - 1)
            began = time.monotonic()
            stopping(self.runs[place])
            took.append(time.monotonic() - began)
            time.sleep(pace)
        return took


@pytest.fixture
def race(world: World, engine: Engine) -> Race:
    return Race(world, engine, waiting_runs(world, RUNS))


def _phones(world: World) -> dict[UUID, str]:
    return {row["run_id"]: row["address"] for row in world.rows("SELECT run_id, address FROM message")}


@pytest.mark.timeout(300)
def test_nothing_is_claimed_after_any_of_300_opt_outs_or_inside_any_of_300_pauses(
    race: Race, world: World, engine: Engine, tell: Tell
) -> None:
    phones = _phones(world)
    scopes = [PauseScope.RUN] * 9 + [PauseScope.CLIENT, PauseScope.CHANNEL, PauseScope.PROVIDER, PauseScope.SEQUENCE]

    def opt_out(run: UUID) -> None:
        hashed = address_hash(str(world.client), Channel.SMS, phones[run])
        with transaction(engine) as session:
            consent.opt_out(session, Address(world.client, Channel.SMS, hashed), Proof("reply", "recipient"))

    def pause(run: UUID) -> None:
        scope = world.scope(race.random.choice(scopes), run)
        with transaction(engine) as session:
            put = pauses.put_on(session, Terms(scope, "because", "sam"), HERE)
        if not scope.startswith("run:"):
            world.rows("SELECT pg_sleep(0.01)")
            with transaction(engine) as session:
                held = pauses.locked(session, put.pause.id)
                pauses.mark_lifted(session, held, HERE, "put right", 1.0)

    with ThreadPoolExecutor(CLAIMERS + 3) as threads:
        claiming = [threads.submit(race.claim_all) for _ in range(CLAIMERS)]
        claiming.append(threads.submit(race.tell_all))
        opting_out = threads.submit(race.stop, opt_out, 0.01)
        pausing = threads.submit(race.stop, pause, 0.005)
        latencies = {"opt-out": opting_out.result(), "pause": pausing.result()}
        for one in claiming:
            one.result()

    for what, seconds in latencies.items():
        tell(f"{what}: {percentiles(seconds)}, beside {CLAIMERS} claimers and a relay")
    tell(f"claims: {dict(race.results)}")
    assert world.one(AFTER_AN_OPT_OUT)["n"] == 0
    assert world.one(INSIDE_A_PAUSE)["n"] == 0
    report = audit(engine, None)
    assert (report.bad("I10"), report.bad("I11")) == (0, 0)
    stopped = world.one(
        "SELECT (SELECT count(*) FROM consent WHERE status = 'revoked') AS opt_outs, "
        "(SELECT count(*) FROM pause_event WHERE kind = 'pause') AS pauses"
    )
    assert stopped["opt_outs"] == EACH
    assert stopped["pauses"] > EACH / 2  # one that hit a run that was paused already changed nothing
    assert set(race.results) == {Claimed.__name__, Held.__name__, NotSent.__name__}  # else nothing raced
