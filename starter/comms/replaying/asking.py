"""Getting histories from files and from the server, and what is said about them."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from models.connection import client_of
from models.sealing import KeyRing
from models.terms import RunKind
from starter.comms.identifiers import beginning_of_id
from starter.comms.problems import Problem, Unreachable
from starter.comms.replaying import payloads as sealed
from starter.comms.replaying.corpus import kept
from starter.comms.replaying.histories import Unreadable, history_in
from starter.comms.replaying.many import Listed, count, fetched, listed
from starter.comms.replaying.reach import Reach
from starter.comms.replaying.replay import Replays
from starter.comms.replaying.scrubbing import CORPUS_KEYS
from starter.comms.replaying.timeline import Task, timeline
from starter.comms.replaying.verdicts import Outcome, Verdict
from workflows.registry import WORKFLOWS

DIGITS_OF_AN_ID = 32
SETTLING_SECONDS = 0.1
"""The Temporal client's native threads end a moment after it is dropped; an interpreter that exits first may crash."""

_OF_THE_SYSTEM = re.compile(r'message: "([^"]+)" ')
"""Of what the SDK says, which quotes its own layers around it."""


@dataclass(frozen=True)
class Found:
    """One history, replayed and told."""

    verdict: Verdict
    tasks: list[Task]
    said: dict[int, list[str]]
    """Contents of payloads by event; empty unless asked for."""


async def one(reach: Reach, what: str, temporal_run: str | None, with_payloads: bool) -> Found:
    """Replay a history file, or the history of a run on the server.

    Raises:
        Problem: there is no such history, or it cannot be read.
        Unreachable: Temporal does not answer.
    """
    try:
        history = await history_of(reach, what, temporal_run)
        ring = _ring(reach, history)
        verdict = await Replays(ring).one(history)
        tasks = timeline(history, await sealed.summaries(history, ring))
        return Found(verdict, tasks, await _contents(history, ring) if with_payloads else {})
    finally:
        await asyncio.sleep(SETTLING_SECONDS)


async def many(
    reach: Reach, query: str, seen: Callable[[int, int], None], workflows: Sequence[type] = WORKFLOWS
) -> list[Verdict]:
    """Replay every run that a query finds; `seen` is told how many of how many are done. Raises Unreachable."""
    verdicts: list[Verdict] = []

    def gone(run: Listed) -> None:
        why = Unreadable.GONE
        verdicts.append(Verdict(run.workflow_id, run.workflow, Outcome.UNREADABLE, failure=why, unreadable=why))

    async with _server(reach) as client:
        total = await count(client, query)
        async for verdict in Replays(reach.ring, workflows).each(fetched(client, listed(client, query), gone)):
            verdicts.append(verdict)
            seen(len(verdicts), total)
    return verdicts


async def keep(reach: Reach, what: str, temporal_run: str | None, name: str, checkout: Path) -> Path:
    """Keep the history that is meant in the corpus, scrubbed; return its file. Raises as `one`, and as `corpus.kept`."""
    try:
        history = await history_of(reach, what, temporal_run)
        return await kept(history, reach.ring, name, checkout)
    finally:
        await asyncio.sleep(SETTLING_SECONDS)


async def history_of(reach: Reach, what: str, temporal_run: str | None = None) -> WorkflowHistory:
    """Return the history that is meant. Raises as `one`."""
    if Path(what).is_file():
        return history_in(Path(what))
    async with _server(reach) as client:
        for workflow_id in await _meant(client, what):
            try:
                return await client.get_workflow_handle(workflow_id, run_id=temporal_run).fetch_history()
            except RPCError as error:
                if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                    raise
    raise Problem(f"there is no file and no workflow {what!r}; `comms runs` lists the runs")


def _ring(reach: Reach, history: WorkflowHistory) -> KeyRing:
    """Return the keys that open a history: those of the service, or the corpus' own, if it is one that was kept."""
    ours = sealed.missing_keys(history, reach.ring) and not sealed.missing_keys(history, CORPUS_KEYS)
    return CORPUS_KEYS if ours else reach.ring


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the SDK's log lines away: they quote payloads, and the verdict says what there is to say."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@asynccontextmanager
async def _server(reach: Reach) -> AsyncIterator[Client]:
    try:
        client = await client_of(reach.temporal, reach.ring)
    except (RPCError, RuntimeError) as error:
        why = _OF_THE_SYSTEM.search(str(error))
        said = f"Temporal does not answer at {reach.temporal.address} ({why[1] if why else error})."
        raise Unreachable(f"{said} Is it running? See COMMS_TEMPORAL__ADDRESS.") from None
    try:
        yield client
    except RPCError as error:
        raise Unreachable(f"Temporal at {reach.temporal.address} did not answer: {error.message}") from None


async def _meant(client: Client, what: str) -> list[str]:
    """Return the workflow ids that may be meant: it itself, that of a run whose kind is not known, or the one that begins so."""
    digits = beginning_of_id(what)
    if digits is None:
        return [what]
    begins = "-".join(filter(None, (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])))
    if len(digits) == DIGITS_OF_AN_ID:
        return [what, *(f"{kind.value}/{begins}" for kind in RunKind)]
    query = " OR ".join(f"WorkflowId STARTS_WITH '{kind.value}/{begins}'" for kind in RunKind)
    found = sorted({run.workflow_id async for run in listed(client, query)})
    if len(found) > 1:
        raise Problem(f"{what} is the beginning of more than one id: {', '.join(found)}. Give more of it.")
    return [what, *found]


async def _contents(history: WorkflowHistory, ring: KeyRing) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for event in history.events:
        for payload in sealed.payloads_in(event):
            text = await sealed.opened(payload, ring)
            shown = "(sealed, or not JSON)" if text is None else text[: sealed.LONGEST_PAYLOAD]
            found.setdefault(event.event_id, []).append(shown)
    return found
