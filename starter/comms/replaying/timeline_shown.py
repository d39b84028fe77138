"""The timeline as a table, its moments in the agency's zone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from starter.comms.replaying.decisions import Kind, span
from starter.comms.replaying.timeline import Task

_QUIET = {Kind.SEARCH_ATTRIBUTES}
"""What a workflow decides only to be found and read; it changes nothing."""


def timeline_table(title: str, tasks: Iterable[Task], zone: ZoneInfo, said: Mapping[int, list[str]]) -> Table:
    """Return the timeline.

    Args:
        title: whose it is.
        tasks: see `timeline.timeline`.
        zone: for the moments.
        said: payloads to be shown, by event; empty unless asked for.
    """
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", show_lines=True)
    for column in (f"moment ({zone.key})", "it knew", "it decided", "it waited for"):
        made.add_column(column, overflow="fold")
    before: datetime | None = None
    for task in tasks:
        knew = [f"{_clock(one.at, zone)} {one.what}" for one in task.news] + [f"! {one}" for one in task.trouble]
        decided = [str(one) for one in task.decided if one.kind not in _QUIET]
        numbers = [one.event for one in task.news] + [one.event for one in task.decided]
        knew += [f"  {line}" for number in numbers for line in said.get(number, [])]
        made.add_row(
            _moment(task.at, before, zone), _plain(knew), _plain(decided or ["nothing"]), _plain(task.waits_for)
        )
        before = task.at
    return made


def timeline_as_json(tasks: Iterable[Task], said: Mapping[int, list[str]]) -> list[dict[str, Any]]:
    """Return the timeline for programs; moments are UTC."""
    return [
        {
            "at": task.at,
            "task_started_event": task.started or None,
            "knew": [{"at": one.at, "event": one.event, "what": one.what} | _payloads(said, one.event) for one in task.news],
            "decided": [{"event": one.event, "what": str(one)} | _payloads(said, one.event) for one in task.decided],
            "waits_for": task.waits_for,
            "trouble": task.trouble,
        }
        for task in tasks
    ]  # fmt: skip


def _payloads(said: Mapping[int, list[str]], event: int) -> dict[str, list[str]]:
    return {"payloads": said[event]} if event in said else {}


def _moment(at: datetime, before: datetime | None, zone: ZoneInfo) -> str:
    later = f"\n+{span(at - before)}" if before is not None else ""
    return f"{at.astimezone(zone):%a %d %b %Y\n%H:%M:%S}{later}"


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M:%S}"


def _plain(lines: list[str]) -> Text:
    return Text("\n".join(lines))
