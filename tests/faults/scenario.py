"""The registry of the scenarios, and how to write one.

One module per family in `tests/faults/scenarios/`; every module there is found by itself. A scenario is one function of
ten to thirty lines that reads like its sentence:

    @scenario("F16", "The provider accepts a text and then says nothing.", "one request, found by callback or list")
    async def accepts_and_hangs(trial: Trial) -> None:
        leads = trial.leads(4)
        for lead in leads:
            await trial.inject(lead, "accept_then_hang", seconds=5)    # the stand-in's fault, addressed at this lead
        await trial.start(*leads)
        for told in await trial.settled(*leads):                       # the first message of each lead, once it is settled
            trial.expect("the message is known to be accepted", told.state, "accepted")
            trial.expect("requests that the provider received", len(trial.calls(told)), 1)

* `Kind.GENTLE` (the default) concerns only leads of its own; all gentle scenarios run at the same time.
* `Kind.ROUGH` hurts parts or proxies, inside `async with trial.alone():`, one scenario at a time and with nothing else
  going on; everything is made whole at its end. Wait for slow outcomes after the block, so that the next one can begin.
* `Kind.OWN` breaks a whole stack: it opens one for itself by `async with trial.own_rig(...) as rig:`.

Parts: `trial.kill("worker-2")`, `.begin`, `.freeze`, `.thaw`; `trial.arm("worker-2", C5=1)` starts it anew with failpoints;
`trial.send_until_dead("worker-2")`, `trial.send_until_caught(trap)` write to one lead after the other until it happens.
Wires: `trial.proxy("worker-2/postgres")` has cut, refuse, blackhole and mend. A trap waits for a moment:
`trap = trial.trap("worker-2/twilio", "hold the request", Way.TO_SERVER, "^POST")`, `await trap.sprung()`, then do what must
happen at that very moment, then `trap.decide(Fate.CUT)`; see `traps`.
Reading: `trial.settled`, `trial.standing`, `trial.calls`, `trial.rig.ledger.rows(sql)`, `trial.rig.office` (the people).
Counting: every helper counts the faults it has injected, traps and stand-in faults when they fire; what you do by other
means you count with `trial.injected("kind", n)`. A scenario that ends with no fault injected has failed. Durations go into
the report by `trial.measured("opt-out", seconds)`, other figures by `trial.counts["what"] += n`; after a kill,
`await trial.recovered(part, since)` measures recovery.
After all scenarios of a stack its ledger is compared with the providers' logs, so check here only what is particular.
Use `trial.random` (seeded) for chance. Run one alone: `python -m tests.faults --only F16`.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING

import tests.faults.scenarios

if TYPE_CHECKING:
    from tests.faults.trial import Trial

Play = Callable[["Trial"], Awaitable[None]]


class Kind(StrEnum):
    """How much of a stack a scenario needs for itself."""

    GENTLE = auto()
    ROUGH = auto()
    OWN = auto()
    LAST = auto()
    """On the shared stack, when all others are through with it."""


@dataclass(frozen=True)
class Scenario:
    """One row of the matrix."""

    id: str
    """`F16`; variants of a row have a letter more, such as `F05w`."""
    sentence: str
    """What is done to it."""
    expects: str
    """What must come of it, beside what the audit checks for all."""
    kind: Kind
    play: Play
    within: float
    """Seconds it may take, not counting the wait for its turn."""


_REGISTRY: dict[str, Scenario] = {}


def scenario(
    id: str,  # noqa: A002
    sentence: str,
    expects: str,
    kind: Kind = Kind.GENTLE,
    within: float = 60.0,
) -> Callable[[Play], Play]:
    """Register a scenario. Raises ValueError if the id is taken."""

    def register(play: Play) -> Play:
        if id in _REGISTRY:
            raise ValueError(f"there are two scenarios {id}")
        _REGISTRY[id] = Scenario(id, sentence, expects, kind, play, within)
        return play

    return register


def all_scenarios() -> list[Scenario]:
    """Every scenario, by id."""
    for module in pkgutil.iter_modules(tests.faults.scenarios.__path__):
        importlib.import_module(f"{tests.faults.scenarios.__name__}.{module.name}")
    return sorted(_REGISTRY.values(), key=lambda one: one.id)


def chosen(only: list[str]) -> list[Scenario]:
    """The scenarios whose ids begin with one of these; all if there are none. Raises ValueError for one that is not there."""
    everything = all_scenarios()
    for wanted in only:
        if not any(one.id.startswith(wanted) for one in everything):
            raise ValueError(f"there is no scenario {wanted}; there are {', '.join(one.id for one in everything)}")
    return [one for one in everything if not only or one.id.startswith(tuple(only))]
