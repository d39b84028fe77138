"""The table of one story: who did what, what came of it, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True)
class Line:
    """One thing that happened, and whether that is what the story says."""

    who: str
    what: str
    outcome: str
    why: str = ""
    as_told: bool = True


def show(console: Console, title: str, lines: Iterable[Line]) -> bool:
    """Print the table. Returns whether all went as told."""
    table = Table(title=title, show_lines=True, title_justify="left")
    for heading in ("who", "what", "outcome", "why"):
        table.add_column(heading, overflow="fold")
    as_told = True
    for line in lines:
        outcome = escape(line.outcome)
        shown = f"[green]{outcome}[/]" if line.as_told else f"[red]{outcome}: not as told[/]"
        table.add_row(escape(line.who), escape(line.what), shown, escape(line.why))
        as_told = as_told and line.as_told
    console.print(table)
    return as_told
