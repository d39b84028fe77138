"""Digests under faults: sources that answer badly, workers and a database that die around the publication."""

import asyncio
import re
from typing import Any

from models.digests.sources import IN_WORDS, SourceName
from tests.faults.correspondence import OUTSIDE_A_TURN
from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.traps import Fate, Way
from tests.faults.trial import Trial
from tests.faults.weekly_report import (
    NOTHING,
    WHOLE,
    WeeklyReport,
    a_report,
    company_of,
    expect_figures,
    property_of,
)

TORN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("half_answer", {}),
    ("garbage", {}),
    ("slow", {"seconds": 2}),
    ("rate_limit", {"retry_after": 1}),
    ("refuse", {"status": 401}),
    ("reset_before", {}),
)
"""What one of the requests of a reading meets; those before it were answered."""
_STAGED = "SELECT EXISTS (SELECT 1 FROM post WHERE run_id = %s)"


@scenario(
    "F50", "Search Console or QuickBooks breaks off, answers late, with nonsense, 401 or 429 in the middle of a reading.",
    "what was read of it is not shown, the report says so; published once with the rest, its reader told once", within=150,
)  # fmt: skip
async def sources_break_off(trial: Trial) -> None:
    torn = [_with_a_torn_source(trial, number, fault, params) for number, (fault, params) in enumerate(TORN)]
    await asyncio.gather(*torn)


async def _with_a_torn_source(trial: Trial, number: int, fault: str, params: dict[str, Any]) -> None:
    torn, whole = ("quickbooks", "search_console") if number % 2 else ("search_console", "quickbooks")
    key = trial.client_key(number)
    whom = company_of(key) if number % 2 else property_of(key)
    await trial.inject_at(torn, whom, fault, "query", nth=2, **params)
    report = await a_report(trial, number)
    await report.side.publish()
    await report.told_once()
    figures = await report.figures()
    expect_figures(trial, figures, torn, shown=False)
    expect_figures(trial, figures, whole, shown=True)
    trial.expect("published, shown, noted, can be taken back", await report.published(), WHOLE)
    [post] = [one["client_will_see"] for one in await _posts(report)]
    trial.expect(f"the report says that {torn} is missing", IN_WORDS[SourceName(torn)] in post["body"], True)


@scenario("F51", "kill -9 of both workers while a digest reads its sources, and a new start.",
          "all is read again; drafted, published and told of once", Kind.ROUGH, within=180)  # fmt: skip
async def workers_die_over_the_sources(trial: Trial) -> None:
    async with trial.alone():
        whom = company_of(trial.client_key())
        await trial.inject_at("quickbooks", whom, "slow", "query", nth=3, seconds=0.8)
        report = await a_report(trial, required=("own", "quickbooks"))
        while not await trial.has_fired("quickbooks"):
            await asyncio.sleep(0.05)
        await asyncio.gather(*(trial.kill(worker) for worker in WORKERS))
        await asyncio.gather(*(trial.begin(worker) for worker in WORKERS))
    await trial.until("the digest is drafted", _STAGED, report.run_id, within=2 * OUTSIDE_A_TURN)
    await _published_once(report)


@scenario("F52", "kill -9 of a worker between the publication of a digest and the notice of it.",
          "shown once, and its reader told once", Kind.ROUGH, within=90)  # fmt: skip
async def worker_dies_after_the_publication(trial: Trial) -> None:
    async with trial.alone():
        report = await a_report(trial)
        traps = {
            worker: trial.trap(
                f"{worker}/postgres", "hold the answer to a publication's COMMIT", Way.TO_CLIENT, _publishing(report)
            )
            for worker in WORKERS
        }
        publishing = asyncio.create_task(report.side.publish())
        await trial.until_seen("it is published", lambda: any(trap.caught for trap in traps.values()))
        [victim] = [worker for worker, trap in traps.items() if trap.caught]
        trial.expect("published, shown, noted, can be taken back", await report.published(), WHOLE)
        await trial.kill(victim)
        for trap in traps.values():
            trap.decide(Fate.CUT)
        await publishing
        trial.expect("mails to its reader by then", len(trial.mails_to(report.side.pat)), 0)
    await _published_once(report, approved=True)


@scenario("F53", "kill -9 of PostgreSQL at the COMMIT of a publication, and its restart.",
          "never half published: nothing of it is seen before, all of it once afterwards; its reader told once",
          Kind.ROUGH, within=90)  # fmt: skip
async def postgres_dies_over_a_publication(trial: Trial) -> None:
    async with trial.alone():
        report = await a_report(trial)
        traps = [
            trial.trap(f"{worker}/postgres", "hold the COMMIT of a publication", Way.TO_SERVER, _publishing(report))
            for worker in WORKERS
        ]
        publishing = asyncio.create_task(report.side.publish())
        await trial.until_seen("it is about to be published", lambda: any(trap.caught for trap in traps))
        trial.expect("published, shown, noted, can be taken back", await report.published(), NOTHING)
        await trial.kill("postgres")
        for trap in traps:
            trap.decide(Fate.CUT)
        await trial.begin("postgres")
        await publishing
        trial.expect("published after the restart at most once", await report.published() in (NOTHING, WHOLE), True)
    await _published_once(report, approved=True)


async def _published_once(report: WeeklyReport, approved: bool = False) -> None:
    if not approved:
        await report.side.publish()
    await report.told_once()
    report.trial.expect("published, shown, noted, can be taken back", await report.published(), WHOLE)
    figures = await report.figures()
    for source in ("quickbooks", "search_console"):
        expect_figures(report.trial, figures, source, shown=True)
    for source, shown in figures.items():
        report.trial.expect(f"figures of {source}, each once", len(set(shown)), len(shown))


async def _posts(report: WeeklyReport) -> list[dict[str, Any]]:
    digest = await report.read()
    return [await report.trial.rig.office.ask("approver", "GET", f"/v1/portal-posts/{digest['post_id']}")]


def _publishing(report: WeeklyReport) -> str:
    """What a worker has asked the database for when it commits this very publication."""
    return rf"INTO portal_post.*{re.escape(report.side.name)}.*\nCOMMIT$"
