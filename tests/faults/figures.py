"""The figures of a run, as published: what was done to the service, and what came of it."""

import math
import os
import platform
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version

import psutil  # type: ignore[import-untyped]
from pydantic import BaseModel

from deploy.local import initdb, temporal
from tests.faults.suite import Played

LIBRARIES = ("temporalio", "psycopg", "sqlalchemy", "twilio", "boto3", "httpx")
OF_INVARIANT = {"sent after an opt-out": "I10", "sent inside a pause": "I11", "sent without approval": "I12"}


class Spread(BaseModel):
    """Durations, in seconds."""

    count: int
    p50: float
    p99: float
    longest: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Spread":
        """Summarise at least one duration. Percentiles are nearest-rank, so each is one that was seen."""
        ordered = sorted(seconds)
        rank = {p: ordered[math.ceil(p * len(ordered)) - 1] for p in (0.5, 0.99)}
        return cls(count=len(ordered), p50=round(rank[0.5], 3), p99=round(rank[0.99], 3), longest=round(ordered[-1], 3))


class LostAnswers(BaseModel):
    """Calls whose answer nobody read."""

    count: int
    told_by: dict[str, int]
    """How many were cleared up by whom: callback, list, person; `nobody` are those that a person must still answer."""
    escalated: int
    """How many were given to a person, cleared up later or not."""
    until_known: Spread | None
    """From the claim until it was known, or given to a person."""
    seconds: dict[str, list[float]]
    """The same one by one, by who told."""


class Row(BaseModel):
    """One scenario."""

    id: str
    sentence: str
    expects: str
    passed: bool
    was_possible: bool
    """False if its fault could not be injected on this machine; `why` says why not."""
    why: str | None
    seconds: float
    faults: dict[str, int]


class Figures(BaseModel):
    """Everything that is published of one run."""

    passed: bool
    seed: int
    seconds: float
    scenarios: list[Row]
    faults: dict[str, int]
    """Injected, by kind."""
    messages: dict[str, int]
    """Planned, and how they stand: accepted, refused, suppressed …"""
    escalated_share: float
    """Of those planned."""
    counts: dict[str, int]
    """What else was counted."""
    zeros: dict[str, int]
    """What must be zero."""
    violations: list[str]
    touched: int
    """Messages whose sending a fault has touched."""
    upper_bound: float | None
    """With zero seen in so many, the true share is below this with 95 % confidence (the rule of three)."""
    lost_answers: LostAnswers
    durations: dict[str, Spread]
    versions: dict[str, str]
    machine: dict[str, str]


def figures_of(played: Played) -> Figures:
    """Compute the figures of a run."""
    totals = [record.audit.totals for record in played.records]
    counted = ("planned", "accepted", "refused", "suppressed", "cancelled", "expired", "waiting", "escalated")
    zeros = {name: sum(getattr(one, name) for one in totals) for name in ("duplicates", "lost", "unexplained")}
    for name, invariant in OF_INVARIANT.items():
        zeros[name] = sum(record.audit.bad(invariant) for record in played.records)
    touched = sum(record.touched for record in played.records)
    messages = {name: sum(getattr(one, name) for one in totals) for name in counted}
    return Figures(
        passed=played.passed,
        seed=played.seed,
        seconds=round(played.seconds, 1),
        scenarios=_rows(played),
        faults=dict(sum((one.faults for one in played.outcomes), Counter[str]()).most_common()),
        messages=messages,
        escalated_share=round(messages["escalated"] / max(messages["planned"], 1), 4),
        counts={
            **played.counts,
            "calls prevented by the last look": sum(record.saved_by_last_look for record in played.records),
        },
        zeros=zeros,
        violations=played.violations,
        touched=touched,
        upper_bound=round(3 / touched, 6) if touched and not any(zeros.values()) else None,
        lost_answers=_lost_answers(played),
        durations={name: Spread.of(seconds) for name, seconds in sorted(played.measures.items())},
        versions=_versions(),
        machine=_machine(),
    )


def _rows(played: Played) -> list[Row]:
    ordered = sorted(played.outcomes, key=lambda one: one.scenario.id)
    return [
        Row(
            id=one.scenario.id,
            sentence=one.scenario.sentence,
            expects=one.scenario.expects,
            passed=one.passed,
            was_possible=one.was_possible,
            why=one.why,
            seconds=round(one.seconds, 1),
            faults=dict(one.faults),
        )
        for one in ordered
    ]


def _lost_answers(played: Played) -> LostAnswers:
    answers = [answer for record in played.records for answer in record.lost_answers]
    seconds: dict[str, list[float]] = {}
    for answer in answers:
        if answer.seconds is not None:
            seconds.setdefault(answer.told_by or "nobody", []).append(round(answer.seconds, 3))
    everything: Sequence[float] = [one for group in seconds.values() for one in group]
    return LostAnswers(
        count=len(answers),
        told_by=dict(Counter(answer.told_by or "nobody" for answer in answers).most_common()),
        escalated=sum(answer.was_escalated for answer in answers),
        until_known=Spread.of(everything) if everything else None,
        seconds={source: sorted(group) for source, group in seconds.items()},
    )


def _versions() -> dict[str, str]:
    server = re.search(r"Server ([\d.]+)", _said(temporal.program(), "--version"))
    return {
        "python": platform.python_version(),
        "temporal server": server[1] if server else "unknown",
        "postgresql": _said(initdb.program("postgres"), "--version").split()[-1],
        **{library: version(library) for library in LIBRARIES},
    }


def _machine() -> dict[str, str]:
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return {"cores": str(os.cpu_count()), "memory": f"{memory:.0f} GiB", "system": system}


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
