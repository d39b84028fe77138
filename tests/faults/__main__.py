"""`make faults`: play every fault of the matrix against real parts, audit, publish the figures."""

import asyncio
import os
import random
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from deploy.local.clean_state import forget
from deploy.local.directory_lock import AlreadyRunning
from deploy.local.progress import Terminal
from deploy.local.runner import PartFailed
from deploy.local.site import REPOSITORY
from tests.faults.figures import figures_of
from tests.faults.report import write_report
from tests.faults.scenario import Scenario, chosen
from tests.faults.suite import Outcome, Played, play_all

STATE = Path(os.environ.get("COMMS_FAULTS_STATE", REPOSITORY / ".local" / "faults"))


class Screen(Terminal):
    """Prints a line per part of the shared stack at its start, and then one per scenario."""

    _is_up = False

    def ready(self, title: str, seconds: float) -> None:
        """Print its line, unless it was a scenario that has started the part again."""
        if not self._is_up:
            super().ready(title, seconds)

    def begins(self, scenario: Scenario) -> None:
        """Say nothing: many begin at once."""
        self._is_up = True
        self.done()

    def ends(self, outcome: Outcome) -> None:
        """Print what was done, how long it took and how many faults it took; if it failed, why."""
        mark = "[green]✓[/]" if outcome.passed else "[red]✗[/]" if outcome.failed else "[yellow]-[/]"
        faults = ", ".join(f"{kind} × {times}" for kind, times in outcome.faults.most_common(4))
        said = f"{mark} [bold]{outcome.scenario.id:<5}[/] {escape(outcome.scenario.sentence)}"
        self.console.print(f"  {said} [dim]{outcome.seconds:.1f} s · {escape(faults)}[/]")
        if outcome.why:
            self.console.print(f"      [{'red' if outcome.failed else 'yellow'}]{escape(outcome.why)}[/]")
        if outcome.failed:
            self.console.print(f"      expected: {escape(outcome.scenario.expects)}")


async def main(only: list[str], seed: int, out: Path | None) -> int:
    """Play; return the exit code: 0 if all held, 1 if something did not, 2 if nothing could be played."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False, soft_wrap=True)
    try:
        scenarios = chosen(only)
        for left in STATE.glob("*/"):
            forget(left)
    except (ValueError, AlreadyRunning) as refused:
        console.print(f"[red]{escape(str(refused))}[/]")
        return 2
    console.print(f"[bold]{len(scenarios)} scenarios[/], seed {seed} (all names, numbers and addresses are fictitious)")
    try:
        played = await play_all(scenarios, STATE, seed, Screen(console))
    except PartFailed as failed:
        console.print(f"[red]the stack did not come up:[/] {escape(str(failed))}")
        return 2
    _tell(console, played)
    if out is not None:
        page = await asyncio.to_thread(write_report, figures_of(played), out)
        console.print(f"report: {page}")
    await asyncio.sleep(0.1)  # lets the Temporal client's threads end before the interpreter does
    return 0 if played.passed else 1


def _tell(console: Console, played: Played) -> None:
    failed = [one.scenario.id for one in played.outcomes if one.failed]
    impossible = [one.scenario.id for one in played.outcomes if not one.was_possible]
    for violation in played.violations:
        console.print(f"[red]{escape(violation)}[/]")
    if failed:
        console.print(f"[red]failed: {', '.join(failed)}[/]; one alone: python -m tests.faults --only {failed[0]}")
    if impossible:
        console.print(f"[yellow]could not be injected here, so not proved: {', '.join(impossible)}[/]")
    if not played.passed:
        console.print(f"logs of all parts: {STATE}/*/logs; the same chances again: --seed {played.seed}")
    console.print(f"It took {played.seconds:.0f} s.")


def command(
    only: Annotated[
        list[str] | None,
        typer.Option(help="Id of a scenario, or how ids begin, such as F16. May be repeated; all if left out."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of everything that is left to chance; made up, and printed, if left out.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Directory for report.html, chart.svg and figures.json; none are written if left out."),
    ] = None,
) -> None:
    """Try to make the service send twice, lose a message, or send what it must not.

    Ends with 0 if everything held, 1 if something did not, and 2 if nothing could be played.
    """
    chance = random.SystemRandom().randrange(1, 10**6) if seed is None else seed
    raise SystemExit(asyncio.run(main(only or [], chance, out)))


if __name__ == "__main__":
    typer.run(command)
