"""How results look: tables for people on stdout, JSON for programs, remarks on stderr."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from rich.console import Console
from rich.table import Table
from typer import Option

UUID_WIDTH = 36
WIDTH_OF_A_FILE = 140
"""Columns of a table that goes into a pipe or a file; a terminal says its own width."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", WIDTH_OF_A_FILE)))
remarks = Console(stderr=True, highlight=False)

AsJson = Annotated[bool, Option("--json", help="Print JSON for programs instead of a table.")]


def show_json(value: Any) -> None:
    """Print a value as JSON; ids and moments as text."""
    # Not through the console, which would wrap long lines at the width of the terminal.
    out.file.write(json.dumps(value, indent=2, default=str, ensure_ascii=False) + "\n")


def table(title: str, columns: Iterable[str], rows: Iterable[Sequence[object]], whole: str | None = None) -> Table:
    """Return a table; None is shown as a dash. The column `whole` holds ids, which are not broken: people copy them."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", caption_justify="left")
    for column in columns:
        # Without `no_wrap` rich takes room from this column too, gives it back, and cuts off the last ones instead.
        least, is_whole = (UUID_WIDTH, True) if column == whole else (None, False)
        made.add_column(column, overflow="fold", min_width=least, no_wrap=is_whole)
    for row in rows:
        made.add_row(*("–" if cell is None else str(cell) for cell in row))
    made.caption = None if made.row_count else "none"
    return made


def moment(value: datetime | str | None) -> str | None:
    """Return an aware moment, in whatever zone it is given, to the second in UTC."""
    if value is None:
        return None
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def remark(text: str) -> None:
    """Tell a person something that is not part of the result."""
    remarks.print(text, markup=False, soft_wrap=True)


def complain(text: str) -> None:
    """Say what went wrong."""
    remarks.print(text, style="red", markup=False, soft_wrap=True)
