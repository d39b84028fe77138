"""`python -m tests.faults.table`: the published figures as the rows of the README's table."""

import sys
from pathlib import Path

from tests.faults.figures import Figures, Spread

PUBLISHED = Path(__file__).parent / "published" / "figures.json"


def rows(figures: Figures) -> list[tuple[str, str]]:
    """What is said, and the figures."""
    said, zeros, lost = figures.messages, figures.zeros, figures.lost_answers
    bound = f"; below {100 * figures.upper_bound:.2f} %" if figures.upper_bound else ""
    ended = ("accepted", "refused", "suppressed", "cancelled", "expired")
    never = ("sent after an opt-out", "sent inside a pause", "sent without approval")
    told = " / ".join(str(lost.told_by.get(by, 0)) for by in ("callback", "list"))
    return [
        ("scenarios played", str(len(figures.scenarios))),
        ("faults injected", f"{sum(figures.faults.values())}, of {len(figures.faults)} kinds"),
        ("messages planned", str(said["planned"])),
        (" / ".join(ended), " / ".join(str(said[name]) for name in ended)),
        ("with a person, nothing sent again", str(said["escalated"])),
        _nothing("duplicates / lost / unexplained", [zeros[name] for name in ("duplicates", "lost", "unexplained")]),
        _nothing("sent after an opt-out / inside a pause / without approval", [zeros[name] for name in never]),
        ("messages touched by a fault; bound on the true share of each zero (95 %, 3/n)", f"{figures.touched}{bound}"),
        ("answers lost; told by callback / list, given to a person", f"{lost.count}; {told}, {lost.escalated}"),
        *([("seconds in doubt, p50 / p99", _spread(lost.until_known))] if lost.until_known else []),
        *((f"seconds: {name}, p50 / p99", _spread(spread)) for name, spread in figures.durations.items()),
        ("time, seed, machine", f"{figures.seconds:.0f} s, {figures.seed}, {', '.join(figures.machine.values())}"),
    ]


def _nothing(what: str, counted: list[int]) -> tuple[str, str]:
    return f"**{what}**", f"**{' / '.join(map(str, counted))}**"


def _spread(spread: Spread) -> str:
    return f"{spread.p50:.1f} / {spread.p99:.1f}"


if __name__ == "__main__":
    for what, figure in rows(Figures.model_validate_json(PUBLISHED.read_text())):
        sys.stdout.write(f"| {what} | {figure} |\n")
