"""`kill -9` of every part in the middle of its work, and a PostgreSQL that freezes."""

import asyncio
from collections.abc import Sequence

import httpx
from temporalio.client import Client

from deploy.local.ports import LOOPBACK
from tests.faults.correspondence import OUTSIDE_A_TURN
from tests.faults.ledger import Standing
from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.traps import Fate, Way
from tests.faults.trial import Trial
from tests.stack.scene import Lead

CALLS_UNDER_WAY = 1.2
"""Seconds after which a call that was claimed before the moment has started: half of a lease, and some."""
AFTERWARDS = 15.0
"""Seconds within which a new start of all workers must have settled everything."""
_RUNS = "SELECT r.id::text FROM run r JOIN lead l ON l.id = r.lead_id WHERE l.phone = %s"
_TOLD = "SELECT count(*) = 0 FROM outbox WHERE run_id::text = %s"
_HAS_REPLIED = "SELECT outcome = 'replied' FROM run WHERE id::text = %s"
_REPLIES = "SELECT count(*) FROM reply WHERE run_id::text = %s"


@scenario("F09", "kill -9 of both workers in the middle of a batch, and a new start.", "all settled within 15 s, at most once each",
          Kind.ROUGH)  # fmt: skip
async def both_workers_die_in_a_batch(trial: Trial) -> None:
    async with trial.alone():
        leads, starting = await _batch_under_way(trial, 40)
        killed = min([await trial.kill(worker) for worker in WORKERS])
        await starting
        await asyncio.gather(*(trial.begin(worker) for worker in WORKERS))
        messages = await trial.settled(*leads, within=AFTERWARDS)
        await trial.recovered("both workers", since=killed)
    _expect_at_most_once(trial, messages)


@scenario("F10", "kill -9 of the API after the commit of a start, before its answer (A1); the caller repeats it.",
          "the same key gets the same run; one workflow, one text", Kind.ROUGH)  # fmt: skip
async def api_dies_at_a_failpoint(trial: Trial) -> None:
    async with trial.alone():
        await trial.arm("api", A1=1)
        (lead,) = trial.leads(1)
        starting = asyncio.create_task(trial.start(lead))
        await trial.until_seen("the API is gone", lambda: not trial.rig.stack.running("api"))
        trial.injected("failpoint in api")
        await _repeated_to_the_next_api(trial, lead, starting)


@scenario("F10w", "kill -9 of the API while the answer to its commit is on the wire; the caller repeats the start.",
          "the same key gets the same run; one workflow, one text", Kind.ROUGH)  # fmt: skip
async def api_dies_at_what_the_wire_shows(trial: Trial) -> None:
    async with trial.alone():
        trap = trial.trap("front/postgres", "hold the answer to a start's COMMIT", Way.TO_CLIENT, r"INTO run.*COMMIT$")
        (lead,) = trial.leads(1)
        starting = asyncio.create_task(trial.start(lead))
        await trap.sprung()
        await trial.kill("api")
        trap.decide(Fate.CUT)
        await _repeated_to_the_next_api(trial, lead, starting)


@scenario("F11", "kill -9 of the relay after it has told Temporal of a start, before it marks that (R1).",
          "told a second time; one workflow, one text", Kind.ROUGH, within=90)  # fmt: skip
async def relay_dies_at_a_failpoint(trial: Trial) -> None:
    async with trial.alone():
        await trial.arm("relay", R1=1)
        lead = await trial.send_until_dead("relay")
        await trial.begin("relay")
        await trial.settled(lead, states={"accepted"})
    ((run_id,),) = await trial.rig.ledger.rows(_RUNS, lead.phone)
    await trial.until("Temporal is told of the start", _TOLD, run_id, within=OUTSIDE_A_TURN)
    await _wrote_once(trial, lead, run_id)


@scenario("F11w", "kill -9 of the relay after it has told Temporal of a reply; its mark is held on the wire.",
          "told a second time; the reply takes effect once", Kind.ROUGH, within=90)  # fmt: skip
async def relay_dies_at_what_the_wire_shows(trial: Trial) -> None:
    async with trial.alone():
        (lead,) = trial.leads(1, "faults_answered")
        (run_id,) = await trial.start(lead)
        await trial.settled(lead, states={"accepted"})
        await trial.until("Temporal is told of the start", _TOLD, run_id)
        trap = trial.trap("front/postgres", "hold the relay's mark", Way.TO_SERVER, r"DELETE FROM outbox")
        await trial.rig.office.reply(lead.phone, "Yes, please call me back")
        await trap.sprung()
        await trial.kill("relay")
        trap.decide(Fate.CUT)
        await trial.begin("relay")
    await trial.until("Temporal is told of the reply", _TOLD, run_id, within=OUTSIDE_A_TURN)
    await trial.until("the reply has ended the run", _HAS_REPLIED, run_id, within=OUTSIDE_A_TURN)
    trial.expect("replies", await trial.rig.ledger.rows(_REPLIES, run_id), [(1,)])
    await _wrote_once(trial, lead, run_id)


@scenario("F12", "kill -9 of PostgreSQL in the middle of a batch, and its restart.",
          "no call meanwhile, 503 from the API; all settled afterwards, at most once each", Kind.ROUGH)  # fmt: skip
async def postgres_dies(trial: Trial) -> None:
    async with trial.alone():
        leads, starting = await _batch_under_way(trial, 16)
        killed = await trial.kill("postgres")
        await _no_call_starts(trial, leads, for_seconds=2.5)
        trial.expect("the API answers", await _health(trial), 503)
        await trial.begin("postgres")
        await starting
        await trial.recovered("postgres", since=killed)
        messages = await trial.settled(*leads)
    _expect_at_most_once(trial, messages)


@scenario("F13", "PostgreSQL freezes (SIGSTOP) over the COMMIT of claims, for longer than their leases.",
          "no call starts; the leases are over by the database's clock, so each is claimed again", Kind.ROUGH)  # fmt: skip
async def postgres_freezes(trial: Trial) -> None:
    async with trial.alone():
        commits = [
            trial.trap(f"{worker}/postgres", "hold the COMMIT of a claim", Way.TO_SERVER, r"INTO claim_log.*COMMIT$", times=9)
            for worker in WORKERS
        ]  # fmt: skip
        leads = trial.leads(4)
        await trial.start(*leads)
        held = lambda: sum(commit.caught for commit in commits) >= len(leads)  # noqa: E731
        await trial.until_seen("every claim is about to commit", held)
        trial.freeze("postgres")
        for commit in commits:
            commit.decide(Fate.RELEASE)
        await _no_call_starts(trial, leads, for_seconds=4)
        trial.thaw("postgres")
        messages = await trial.settled(*leads, states={"accepted"})
    for message in messages:
        trial.expect("its attempts", list(message.outcomes), ["not_accepted", "accepted"])
        trial.expect("requests", len(trial.calls(message)), 1)


@scenario("F15", "kill -9 of Temporal; leads are entered and write meanwhile.",
          "all is taken in with 2xx and takes effect after the restart", Kind.ROUGH)  # fmt: skip
async def temporal_dies(trial: Trial) -> None:
    async with trial.alone():
        (writing,) = trial.leads(1, "faults_answered")
        (run_id,) = await trial.start(writing)
        await trial.settled(writing, states={"accepted"})
        killed = await trial.kill("temporal")
        leads = trial.leads(6)
        await trial.start(*leads)
        answered = await trial.rig.office.reply(writing.phone, "Yes, please call me back")
        trial.expect("the web hook answers 2xx", answered // 100, 2)
        await asyncio.sleep(2)
        await trial.begin("temporal")
        await trial.recovered("temporal", since=killed)
        await trial.settled(*leads, states={"accepted"})
    await trial.until("the reply has ended the run", _HAS_REPLIED, run_id, within=OUTSIDE_A_TURN)


async def _batch_under_way(trial: Trial, size: int) -> tuple[list[Lead], asyncio.Task[list[str]]]:
    """Have leads written to, some by a slow provider; return as soon as one of them has been."""
    leads = trial.leads(size)
    for lead in leads[::4]:
        await trial.inject(lead, "slow", seconds=0.5)
    starting = asyncio.create_task(trial.start(*leads))
    await trial.settled(leads[1], states={"accepted"})
    return leads, starting


def _expect_at_most_once(trial: Trial, messages: Sequence[Standing]) -> None:
    for message in messages:
        trial.expect("acceptances", trial.acceptances(message), int(message.state == "accepted"))


async def _repeated_to_the_next_api(trial: Trial, lead: Lead, starting: asyncio.Task[list[str]]) -> None:
    ((committed,),) = await trial.rig.ledger.rows(_RUNS, lead.phone)
    await trial.begin("api")
    trial.expect("the run that the repeated start is told of", await starting, [committed])
    await trial.settled(lead, states={"accepted"})
    await _wrote_once(trial, lead, committed)


async def _wrote_once(trial: Trial, lead: Lead, run_id: str) -> None:
    temporal = await Client.connect(f"{LOOPBACK}:{trial.rig.stack.site.ports['temporal']}")
    workflows = await temporal.count_workflows(f"WorkflowId = 'outreach/{run_id}'")
    trial.expect("runs of the lead", await trial.rig.ledger.rows(_RUNS, lead.phone), [(run_id,)])
    trial.expect("workflows and requests", (workflows.count, len(trial.calls(lead))), (1, 1))


async def _no_call_starts(trial: Trial, leads: Sequence[Lead], for_seconds: float) -> None:
    def calls() -> int:
        return sum(len(trial.calls(lead)) for lead in leads)

    await asyncio.sleep(CALLS_UNDER_WAY)
    before = calls()
    await asyncio.sleep(for_seconds - CALLS_UNDER_WAY)
    trial.expect("calls that started meanwhile", calls() - before, 0)


async def _health(trial: Trial) -> int:
    async with httpx.AsyncClient(base_url=trial.rig.stack.urls["api"], timeout=10) as http:
        return (await http.get("/health")).status_code
