"""`python -m tests.mutants`: make each mistake in a copy of the project, and see the suite notice it. Prints killed n/n.

A mutant is killed if its tests fail, and the fault suite fails as well and its auditor names one of the expected invariants
(or the service refuses to start at all, where that is what it must do). Where no scenario is about it,
tests alone must. Exits with 1 if one survives.
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
NOTICED, FAILED, REFUSED = "noticed it", "failed", "refused to start"

out = Console(width=None if sys.stdout.isatty() else 160)
app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Suite:
    """How the fault suite ended over one mutant, and which broken promises its auditor named."""

    ended: str
    named: tuple[str, ...] = ()

    def kills(self, mutant: Mutant) -> bool:
        """Return whether that is what must come of the mistake."""
        if mutant.refused:
            return self.ended == REFUSED
        return self.ended == FAILED and not mutant.invariants.isdisjoint(self.named)


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant. `suite` is None if no scenarios were played."""

    mutant: Mutant
    tests: str
    suite: Suite | None
    seconds: float

    @property
    def killed(self) -> bool:
        return self.tests == NOTICED and (self.suite is None or self.suite.kills(self.mutant))

    @property
    def in_words(self) -> tuple[str, str, str]:
        """What the tests, the fault suite and the auditor made of it."""
        if self.suite is None:
            return self.tests, "not played", "–"
        return self.tests, self.suite.ended, ", ".join(self.suite.named) or "nothing"


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
            tests, suite, named = verdict.in_words
            told = f"tests: {tests}; fault suite: {suite}; the auditor named: {named}"
            out.print(f"{mark} {verdict.mutant.name} ({verdict.seconds:.0f} s) {told}", soft_wrap=True)
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
        tests = {TESTS_FAILED: NOTICED, 0: "passed"}.get(tested.returncode, f"ended with {tested.returncode}")
        suite = None if tests_alone or not mutant.scenarios else _played(mutant, project, Path(place) / "report")
    return Verdict(mutant, tests, suite, time.monotonic() - began)


def _played(mutant: Mutant, project: Path, report: Path) -> Suite:
    chosen = [argument for scenario in mutant.scenarios for argument in ("--only", scenario)]
    ran = _run(project, ["-m", "tests.faults", *chosen, "--out", str(report)], FAULTS_SECONDS)
    if mutant.refused and mutant.refused in ran.stdout:
        return Suite(REFUSED)
    figures = report / "figures.json"
    if not figures.exists():
        return Suite(f"ended with {ran.returncode} and without figures")
    violations = json.loads(figures.read_text())["violations"]
    named = {sentence.split()[0] for sentence in violations} & INVARIANTS.keys()
    return Suite(FAILED if ran.returncode else "passed", tuple(sorted(named, key=list(INVARIANTS).index)))


def _run(project: Path, arguments: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[str]":
    """Run this Python in the copy. A run that hangs counts as one that ended with 124, as the command `timeout` has it."""
    own = {"PYTHONDONTWRITEBYTECODE": "1", "COMMS_FAULTS_STATE": str(project / ".local" / "faults")}
    environment = os.environ | own
    command = [sys.executable, *arguments]
    try:
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", "")


def _table(verdicts: Sequence[Verdict]) -> Table:
    table = Table(title="Deliberate mistakes", title_justify="left", header_style="bold")
    for column in ("mutant", "mistake", "tests", "fault suite", "the auditor named"):
        table.add_column(column, overflow="fold")
    for verdict in verdicts:
        table.add_row(verdict.mutant.name, verdict.mutant.mistake, *verdict.in_words)
    return table


if __name__ == "__main__":
    app()
