"""`python -m tests.mutants`: make each mistake in a copy of the project, and see the suite notice it. Prints killed n/n.

A mutant is killed if its tests fail, and, where it has scenarios, the fault suite fails as well and its auditor names one
of the expected invariants. Exits with 1 if one survives.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from models.audit import INVARIANTS
from tests.mutants.mutant import Mutant
from tests.mutants.mutants import MUTANTS

AT_ONCE = 2
TEST_SECONDS, FAULTS_SECONDS = 300, 420
TESTS_FAILED = 1
"""Exit code of pytest when tests ran and failed; anything else, such as an error of collection, kills nothing."""

out = Console()
app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant. `by_faults` is None if it has no scenarios or they were left out."""

    mutant: Mutant
    by_tests: bool
    by_faults: bool | None
    named: tuple[str, ...]
    seconds: float
    why_not: str = ""

    @property
    def killed(self) -> bool:
        return self.by_tests and self.by_faults is not False


@app.command()
def main(
    only: Annotated[list[str] | None, typer.Option(help="Name of a mutant. May be repeated.")] = None,
    tests_alone: Annotated[bool, typer.Option(help="Leave out the fault scenarios.")] = False,
) -> None:
    """Apply every mutant, one by one, and print which were killed, by what."""
    chosen = [mutant for mutant in MUTANTS if not only or mutant.name in only]
    if unknown := set(only or ()) - {mutant.name for mutant in MUTANTS}:
        raise typer.BadParameter(f"no such mutant: {', '.join(sorted(unknown))}")
    verdicts = []
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for verdict in threads.map(lambda mutant: _judged(mutant, tests_alone), chosen):
            verdicts.append(verdict)
            mark = "[green]killed[/]" if verdict.killed else "[red]SURVIVED[/]"
            out.print(f"{mark} {verdict.mutant.name} ({verdict.seconds:.0f} s) {verdict.why_not}")
    out.print(_table(verdicts))
    killed = sum(verdict.killed for verdict in verdicts)
    out.print(f"mutants killed {killed}/{len(verdicts)}")
    raise typer.Exit(0 if killed == len(verdicts) else 1)


def _judged(mutant: Mutant, tests_alone: bool) -> Verdict:
    began = time.monotonic()
    with TemporaryDirectory(prefix="comms-mutant-", ignore_cleanup_errors=True) as place:
        project = Path(place) / "project"
        mutant.copy_to(project)
        tested = _run(project, ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *mutant.tests], TEST_SECONDS)
        by_tests = tested.returncode == TESTS_FAILED
        by_faults: bool | None = None
        named: tuple[str, ...] = ()
        why_not = "" if by_tests else f"its tests ended with {tested.returncode}"
        if mutant.scenarios and not tests_alone:
            by_faults, named, why = _by_faults(mutant, project, Path(place) / "report")
            why_not = "; ".join(filter(None, [why_not, why]))
    return Verdict(mutant, by_tests, by_faults, named, time.monotonic() - began, why_not)


def _by_faults(mutant: Mutant, project: Path, report: Path) -> tuple[bool, tuple[str, ...], str]:
    chosen = [argument for scenario in mutant.scenarios for argument in ("--only", scenario)]
    ran = _run(project, ["-m", "tests.faults", *chosen, "--out", str(report)], FAULTS_SECONDS)
    if mutant.refused:
        return mutant.refused in ran.stdout, (), "" if mutant.refused in ran.stdout else "it was not refused"
    figures = report / "figures.json"
    if not figures.exists():
        return False, (), f"the fault suite ended with {ran.returncode} and without figures"
    violations = json.loads(figures.read_text())["violations"]
    named = tuple(sorted({sentence.split()[0] for sentence in violations} & INVARIANTS.keys()))
    if ran.returncode == 0:
        return False, named, "the fault suite passed"
    if mutant.invariants and not mutant.invariants & set(named):
        return False, named, f"the auditor named {', '.join(named) or 'nothing'}"
    return True, named, ""


def _run(project: Path, arguments: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[str]":
    """Run this Python in the copy. A run that hangs counts as one that ended with 124, as the command `timeout` has it."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    try:
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", "")


def _table(verdicts: Sequence[Verdict]) -> Table:
    table = Table(title="Deliberate mistakes", title_justify="left", header_style="bold")
    for column in ("mutant", "mistake", "tests", "fault suite", "the auditor named"):
        table.add_column(column, overflow="fold")
    words = {True: "killed it", False: "missed it", None: "–"}
    for verdict in verdicts:
        mutant = verdict.mutant
        by_faults = words[verdict.by_faults]
        table.add_row(mutant.name, mutant.mistake, words[verdict.by_tests], by_faults, ", ".join(verdict.named) or "–")
    return table


if __name__ == "__main__":
    app()
