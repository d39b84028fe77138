"""How it all stands in the end: the eight outputs with their rows, and the measures with their figures."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local.office import Office
from models.outputs import OutputView
from starter.measure_words import figure_in_words, part_in_words

SAID = ("owner", "source", "channel", "at", "client_safe_status", "follow_up_rule", "recovery_rule")
"""What every row of every output says."""
ON_A_PAGE = 500
MOST_PARTS = 3


async def outputs(office: Office, console: Console) -> bool:
    """Print how many rows each output has. Returns whether every run is in each of them, and no row leaves anything unsaid."""
    found = {view: await _rows(office, view) for view in OutputView}
    runs = {row["run_id"] for rows in found.values() for row in rows if row["run_id"]}
    table = Table(title="What stands where: the eight outputs", title_justify="left")
    for heading in ("output", "rows", "runs with nothing of it", "of runs", "owner, source, …, recovery rule"):
        table.add_column(heading, overflow="fold")
    as_told = bool(runs)
    for view, rows in found.items():
        recorded = [row for row in rows if row["is_recorded"]]
        unsaid = sum(not all(row[name] for name in SAID) for row in rows)
        covered = {row["run_id"] for row in rows if row["run_id"]}
        is_whole = covered == runs and not unsaid
        as_told = as_told and is_whole
        told = "[green]all said[/]" if is_whole else f"[red]{unsaid} unsaid, {len(runs - covered)} runs missing[/]"
        table.add_row(
            view.replace("_", " "), str(len(recorded)), str(len(rows) - len(recorded)), str(len(covered)), told
        )
    console.print(table)
    return as_told


async def measures(office: Office, console: Console) -> None:
    """Print every measure with its figures; of measures with many parts, the largest."""
    table = Table(title="What was measured", title_justify="left")
    for heading in ("measure", "figures", "how it is defined"):
        table.add_column(heading, overflow="fold")
    for one in await office.ask("sales-ops", "GET", "/v1/measures"):
        answer = await office.ask("sales-ops", "GET", f"/v1/measures/{one['key']}")
        rows = sorted(answer["rows"], key=lambda row: -row["numerator"])
        told = "\n".join(_figure(row) for row in rows[:MOST_PARTS]) or "nothing to count"
        more = f"\n… and {len(rows) - MOST_PARTS} more" if len(rows) > MOST_PARTS else ""
        table.add_row(one["name"], escape(told + more), escape(f"{one['numerator']} ÷ {one['denominator']}"))
    console.print(table)


def _figure(row: Mapping[str, Any]) -> str:
    counted = f"{row['numerator']} of {row['denominator']}"
    part = f"{part_in_words(row['part'])}: " if row["part"] else ""
    return f"{part}{figure_in_words(row['value'], row['unit'], row['part'])} ({counted})"


async def _rows(office: Office, view: OutputView) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = ""
    while True:
        path = f"/v1/outputs/{view}?every_run=true&limit={ON_A_PAGE}{after}"
        found = await office.ask("sales-ops", "GET", path)
        rows += found["rows"]
        if found["next"] is None:
            return rows
        after = f"&after={quote(found['next'])}"
