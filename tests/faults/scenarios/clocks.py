"""Workers whose wall clocks are wrong: hours, leases and freshness are judged by the clock of the database alone.

libfaketime shifts everything that such a process and its libraries, Temporal's core among them, read of the wall clock.
Monotonic clocks are left as they are, as on a machine whose clock is wrong; so are all other processes. The library is
built for Linux on x86-64; elsewhere this proves nothing, and says so.
"""

import asyncio
import json
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from models.quiet_hours import next_opening
from models.rule_book import Addressed, RuleBook
from models.shipped_rules import shipped_rules
from models.terms import Channel
from tests.faults.correspondence import NotPossibleHere, Unexpected
from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial

ZONE, PLACE = "America/Denver", "US-CO"
"""Of every lead of the rig."""


@scenario(
    "F27", "One worker's clock is an hour ahead, the other's an hour behind.",
    "all sent once, nothing stale, no lease over early", Kind.ROUGH, within=120,
)  # fmt: skip
async def run_an_hour_ahead_and_behind(trial: Trial) -> None:
    leads = trial.leads(8, "faults_brief")  # stale after half an hour
    slow, untold = leads[:2], leads[2:4]
    for lead in slow:
        await trial.inject(lead, "slow", seconds=0.6)
    for lead in untold:
        await trial.inject(lead, "accept_then_hang", seconds=4)
        await trial.inject(lead, "callbacks_dropped", times=None)
    async with trial.alone(), _wrong_clocks(trial, worker=timedelta(hours=1), worker_2=timedelta(hours=-1)):
        await trial.start(*leads)
        messages = await trial.settled(*leads, states={"accepted"})
    trial.expect("who told of the untold", [message.accepted_by for message in messages[2:4]], ["list"] * 2)
    for message in messages:
        trial.expect("leases that were over early", [said for said in message.evidence if "lease" in said], [])
        trial.expect("requests and acceptances", (len(trial.calls(message)), trial.acceptances(message)), (1, 1))


@scenario(
    "F27b", "A worker's clock is so wrong that it is day there while it is night, or night while it is day.",
    "sent by day and held at night, as the database says", Kind.ROUGH, within=120,
)  # fmt: skip
async def is_half_a_day_wrong(trial: Trial) -> None:
    now = datetime.now(UTC)
    is_day = _may_leave(now)
    shift = next(timedelta(hours=hours) for hours in range(1, 24) if _may_leave(now + timedelta(hours=hours)) != is_day)
    leads = trial.leads(3)
    async with trial.alone(), _wrong_clocks(trial, {"COMMS_QUIET_HOURS": "enforced"}, worker_2=shift):
        runs = await trial.start(*leads)
        messages = await trial.settled(*leads, states={"accepted"} if is_day else {"ready"})
        reason = "SELECT count(*) = %s FROM message WHERE run_id = ANY(%s::uuid[]) AND reason IS NOT DISTINCT FROM %s"
        await trial.until("the hour decides", reason, len(runs), runs, None if is_day else "quiet_hours")
        for run in runs:
            await trial.rig.office.ask("sales-ops", "POST", f"/v1/runs/{run}/stop", {"reason": "the test is over"})
    sent = [(len(trial.calls(message)), trial.acceptances(message)) for message in messages]
    trial.expect("requests and acceptances", sent, [(1, 1) if is_day else (0, 0)] * len(leads))


@asynccontextmanager
async def _wrong_clocks(
    trial: Trial, settings: dict[str, str] | None = None, **shifts: timedelta
) -> AsyncIterator[None]:
    """Run these workers, and no other, with shifted clocks."""
    stack, library, wrong = (
        trial.rig.stack,
        _library(),
        {name.replace("_", "-"): shift for name, shift in shifts.items()},
    )
    await asyncio.gather(*(stack.stop(worker) for worker in WORKERS))
    for worker, shift in wrong.items():
        clock = {"LD_PRELOAD": str(library), "FAKETIME": f"{shift.total_seconds():+.0f}", "DONT_FAKE_MONOTONIC": "1"}
        trial.rig.own[worker] = clock | (settings or {})
        trial.injected(f"clock {shift.total_seconds() / 3600:+.0f} h")
    try:
        await asyncio.gather(*(stack.start(worker) for worker in wrong))
        yield
    finally:
        await asyncio.gather(*(stack.stop(worker) for worker in wrong))
    for worker, shift in wrong.items():
        trial.expect(f"how wrong the clock of {worker} was", _shift_of(stack.log(worker)), shift)


def _shift_of(log: Path) -> timedelta:
    """Return by how many whole hours the last line of a log is off."""
    for line in reversed(log.read_text().splitlines()):
        if '"timestamp"' in line:
            told = datetime.fromisoformat(json.loads(line)["timestamp"])
            return timedelta(hours=round((told - datetime.now(UTC)) / timedelta(hours=1)))
    raise Unexpected(f"expected a line with a time in {log.name}, saw none")


def _may_leave(at: datetime) -> bool:
    """By the lawful hours: the leads have called just now, and their sequence answers at once."""
    book = RuleBook(shipped_rules())
    rules = book.concerning(Addressed(None, Channel.SMS, (PLACE,)), immediate=True)
    opening = next_opening(at, book.timetables(rules, [ZONE], None))
    return opening is not None and opening.start == at


def _library() -> Path:
    """Return where libfaketime is. Raises NotPossibleHere."""
    package = find_spec("libfaketime")
    if package is None or package.origin is None or (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NotPossibleHere("libfaketime is built for Linux on x86-64 only")
    return Path(package.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
