"""Print what the search of the send protocol comes to: `python -m tests.protocol`."""

import sys

from rich.console import Console
from rich.table import Table

from tests.protocol.designs import MISTAKES, SAFE, Design, Violation
from tests.protocol.search import search


def main() -> int:
    """Search every design and every mistake; return 1 if one of them surprises."""
    table = Table("Design", "States", "Result", "Shortest path", title="The send protocol, every reachable state")
    rows: list[tuple[str, Design, Violation | None]] = [(name, design, None) for name, design in SAFE.items()]
    rows += [(f"mistake: {name}", *mistake) for name, mistake in MISTAKES.items()]
    surprises = 0
    for name, design, expected in rows:
        verdict = search(design)
        surprises += verdict.violation is not expected
        colour = "red" if verdict.violation is not expected else "green" if expected is None else "yellow"
        path = "\n".join(f"{number}. {step}" for number, step in enumerate(verdict.path, start=1))
        table.add_row(
            name, f"{verdict.states:,}", f"[{colour}]{verdict.violation or 'clean'}[/]", path, end_section=True
        )
    Console().print(table)
    return int(surprises > 0)


if __name__ == "__main__":
    sys.exit(main())
