"""Playing scenarios: gentle ones at once, those that hurt the stack in turns, beside them those with stacks of their own."""

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

import httpx

from deploy.local.progress import Progress
from tests.faults.correspondence import NotPossibleHere, Unexpected
from tests.faults.rig import Rig, open_rig
from tests.faults.scenario import Kind, Scenario
from tests.faults.stack_record import StackRecord, record_of
from tests.faults.trial import Trial

AT_ONCE = 5
"""Gentle scenarios that play at the same time; more would make two cores so slow that every answer is late."""
STACKS_AT_ONCE = 1
"""Stacks of scenarios that make their own, beside the shared one: what hurts that in turns mostly waits."""


@dataclass(frozen=True)
class Outcome:
    """How one scenario went."""

    scenario: Scenario
    seconds: float
    faults: Counter[str]
    why: str | None = None
    """What went wrong, or why its fault could not be injected here; None if neither is so."""
    addresses: frozenset[str] = frozenset()
    was_possible: bool = True

    @property
    def passed(self) -> bool:
        return self.why is None

    @property
    def failed(self) -> bool:
        return self.was_possible and not self.passed


@dataclass
class Played:
    """How all of it went."""

    seed: int
    outcomes: list[Outcome] = field(default_factory=list)
    records: list[StackRecord] = field(default_factory=list)
    measures: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def violations(self) -> list[str]:
        """A sentence for each invariant that does not hold, with the scenarios whose messages are concerned."""
        said = [record.restless for record in self.records if record.restless]
        for record in self.records:
            for finding in record.audit.findings:
                if finding.bad:
                    concerned = {record.culprits.get(example) for example in finding.examples}
                    who = sorted({one.scenario.id for one in self.outcomes if concerned & one.addresses})
                    where = f" (in {', '.join(who)})" if who else ""
                    ids = ", ".join(finding.examples)
                    said.append(f"{finding.invariant} is violated {finding.bad} times{where}: {finding.sentence} {ids}")
        return said

    @property
    def passed(self) -> bool:
        return not any(one.failed for one in self.outcomes) and not self.violations


class Listener(Progress, Protocol):
    """Who is told how it goes."""

    def begins(self, scenario: Scenario) -> None:
        """A scenario begins."""

    def ends(self, outcome: Outcome) -> None:
        """It has ended."""


async def play_all(scenarios: Sequence[Scenario], state: Path, seed: int, listener: Listener) -> Played:
    """Play scenarios and audit every stack.

    Args:
        scenarios: which.
        state: a directory for the stacks; their logs stay there.
        seed: of everything that is left to chance.
        listener: is told how it goes.
    """
    began = time.monotonic()
    played = Played(seed)
    of = {kind: [one for one in scenarios if one.kind is kind] for kind in Kind}
    if len(of[Kind.OWN]) == len(scenarios):
        await _play(of[Kind.OWN], None, state, played, listener)
    else:
        async with open_rig(state / "shared", progress=listener) as rig:
            await _play(of[Kind.GENTLE], rig, state, played, listener)
            async with asyncio.TaskGroup() as beside:
                beside.create_task(_play(of[Kind.OWN], None, state, played, listener))
                # From the last: those wait most, and leave the processors to the stacks beside them.
                await _play(reversed(of[Kind.ROUGH]), rig, state, played, listener)
            await _play(of[Kind.LAST], rig, state, played, listener)
            played.records.append(await record_of(rig))
    played.seconds = time.monotonic() - began
    return played


async def _play(
    scenarios: Iterable[Scenario], rig: Rig | None, state: Path, played: Played, listener: Listener
) -> None:
    async def one(scenario: Scenario) -> None:
        trial = Trial(scenario.id, Random(f"{played.seed}/{scenario.id}"), rig, state=state)  # noqa: S311
        listener.begins(scenario)
        began = time.monotonic()
        why = await why_not(scenario, trial)
        played.records += trial.own_stacks
        for name, seconds in trial.measures.items():
            played.measures[name] += seconds
        played.counts += trial.counts
        outcome = Outcome(
            scenario,
            time.monotonic() - began - trial.waited,
            trial.faults,
            why,
            frozenset(trial.addresses),
            trial.was_possible,
        )
        played.outcomes.append(outcome)
        listener.ends(outcome)

    async def in_turn(scenario: Scenario) -> None:
        async with few.get(scenario.kind, contextlib.nullcontext()):
            await one(scenario)

    few = {Kind.GENTLE: asyncio.Semaphore(AT_ONCE), Kind.OWN: asyncio.Semaphore(STACKS_AT_ONCE)}
    async with asyncio.TaskGroup() as group:
        for scenario in scenarios:
            group.create_task(in_turn(scenario))


async def why_not(scenario: Scenario, trial: Trial) -> str | None:
    """Play one scenario and count its faults; return what went wrong."""
    why = await _failure(scenario, trial)
    with contextlib.suppress(httpx.HTTPError):
        await trial.end()
    if why is None and not trial.faults.total():
        return "expected its fault to be injected, saw that none was: this has proved nothing"
    return why


async def _failure(scenario: Scenario, trial: Trial) -> str | None:
    try:
        async with asyncio.timeout(scenario.within) as trial.limit:
            await scenario.play(trial)
    except TimeoutError as error:
        if trial.limit is not None and trial.limit.expired():
            return f"expected it to be over within {scenario.within:.0f} s, saw it still under way"
        return f"TimeoutError: {error}"
    except Unexpected as unexpected:
        return str(unexpected)
    except NotPossibleHere as refused:
        trial.was_possible = False
        return f"could not be injected here: {refused}"
    except Exception as error:  # whatever it was, the other scenarios go on
        return f"{type(error).__name__}: {error}"
    return None
