"""Driving many runs at once, the bare ones by signals, ours as people and providers would. Both in waves of the same width."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from temporalio.client import Client, WorkflowHandle

from deploy.local.bench.bare import TASK_QUEUE, Bare
from deploy.local.office import Office

WIDTH = 40
"""Runs under way at the same time."""
BETWEEN_SIGNALS = 0.2
"""Seconds between the yardstick's signals, so that each meets the wait it is for, as ours do. It costs no throughput:
WIDTH runs wait at the same time."""
ACTIONS = {
    "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED": 1,
    "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED": 1,
    "EVENT_TYPE_TIMER_STARTED": 1,
    "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED": 1,
    "EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES": 1,
    "EVENT_TYPE_MARKER_RECORDED": 1,
}
"""What Temporal counts as actions. Local activities count once per workflow task, so this is an upper bound."""


@dataclass(frozen=True)
class Measured:
    """One series of runs."""

    runs: int
    seconds: float
    events: float
    """History events per run, averaged over a sample."""
    actions: float

    @property
    def per_second(self) -> float:
        """Whole runs per second."""
        return self.runs / self.seconds


async def bare(client: Client, runs: int) -> Measured:
    """Run the yardstick."""
    gate = asyncio.Semaphore(WIDTH)
    handles: list[WorkflowHandle[Bare, int]] = []

    async def one(number: int) -> None:
        async with gate:
            handle = await client.start_workflow(Bare.run, number, id=f"bare-{uuid4()}", task_queue=TASK_QUEUE)
            for signal in (Bare.approve, Bare.delivered, Bare.reply):
                await asyncio.sleep(BETWEEN_SIGNALS)
                await handle.signal(signal)
            await handle.result()
            handles.append(handle)

    began = time.monotonic()
    await asyncio.gather(*(one(number) for number in range(runs)))
    seconds = time.monotonic() - began
    events, actions = await _sampled(handles)
    return Measured(runs, seconds, events, actions)


async def ours(client: Client, office: Office, database: str, client_key: str, runs: int, first: int) -> Measured:
    """Run the service: start and approve through the API, reply through the SMS provider; rows are only watched."""
    under_way: set[str] = set()
    finished: list[str] = []
    gate = asyncio.Semaphore(WIDTH)
    over = asyncio.Event()

    async def enter(number: int) -> None:
        await gate.acquire()
        phone = f"+1303555{_line(number)}"
        run_id = await office.start(_order(client_key, number, phone))
        under_way.add(run_id)

    async def watch() -> None:
        approved: set[str] = set()
        answered: set[str] = set()
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
            while len(finished) < runs:
                rows = await (await connection.execute(_WATCH, [list(under_way)])).fetchall()
                acts: list[Coroutine[Any, Any, object]] = []
                for run_id, closed, approval_id, content_hash, phone, delivered in rows:
                    if closed:
                        under_way.discard(run_id)
                        finished.append(run_id)
                        gate.release()
                    elif approval_id and run_id not in approved:
                        approved.add(run_id)
                        acts.append(office.decide({"id": approval_id, "content_hash": content_hash}, "approve"))
                    elif delivered and run_id not in answered:
                        answered.add(run_id)
                        acts.append(office.reply(phone, "Yes, please call me"))
                await asyncio.gather(*acts)
                await asyncio.sleep(0.05)
        over.set()

    began = time.monotonic()
    watching = asyncio.create_task(watch())
    await asyncio.gather(*(enter(first + number) for number in range(runs)))
    await watching
    seconds = time.monotonic() - began
    handles = [client.get_workflow_handle(f"outreach/{run_id}") for run_id in finished]
    events, actions = await _sampled(handles)
    return Measured(runs, seconds, events, actions)


_WATCH = """
    SELECT r.id::text, r.closed_at IS NOT NULL, a.id::text, a.content_hash, l.phone,
        EXISTS (SELECT 1 FROM message m WHERE m.run_id = r.id AND m.delivery = 'delivered')
    FROM run r JOIN lead l ON l.id = r.lead_id
    LEFT JOIN approval a ON a.subject = 'run' AND a.subject_id = r.id
    WHERE r.id = ANY(%s::uuid[])
"""


def _line(number: int) -> str:
    # The stand-in delivers to every number of the exchange except the last hundred, which are its magic ones.
    return f"{2000 + number % 7000:04d}"


def _order(client_key: str, number: int, phone: str) -> dict[str, object]:
    return {
        "client": client_key,
        "sequence": "bench_web_lead",
        "lead": {
            "source": "web_form",
            "source_lead_id": f"bench-{number}-{uuid4().hex[:6]}",
            "first_name": f"Lead {number}",
            "phone": phone,
            "postal_code": "80202",
        },
        "consent": [],
    }


async def _sampled(
    handles: "list[WorkflowHandle[Bare, int]] | list[WorkflowHandle[object, object]]",
) -> tuple[float, float]:
    sample = handles[:: max(1, len(handles) // 20)][:20]
    events, actions = 0, 0
    for handle in sample:
        counted: Counter[str] = Counter()
        async for event in handle.fetch_history_events():
            counted[_name(event.event_type)] += 1
        events += counted.total()
        actions += sum(weight * counted[name] for name, weight in ACTIONS.items())
    return events / len(sample), actions / len(sample)


def _name(number: int) -> str:
    from temporalio.api.enums.v1 import EventType

    return EventType.Name(number)  # type: ignore[arg-type]
