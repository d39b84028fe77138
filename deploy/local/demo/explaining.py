"""Why each lead of the demonstration got what it got: the service is asked, and has to have an answer for every one."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from deploy.local.office import Office
from models.plurals import counted


async def explain(office: Office, console: Console, runs: Iterable[Mapping[str, Any]]) -> bool:
    """Ask why every message of the runs went out or did not, and what became of each lead. Returns whether all was answered."""
    answers: dict[str, list[dict[str, Any]]] = {"lead": [], "message": []}
    for run in runs:
        asked = [("lead", run["lead_id"]), *(("message", message["id"]) for message in run["messages"])]
        for what, identity in asked:
            answers[what].append(await office.ask("engineer", "GET", f"/v1/{what}s/{identity}/explanation"))
    leads, messages = answers["lead"], answers["message"]
    console.print(
        f"\n[bold]comms explain[/] says why, of {counted(len(leads), 'lead')} and {counted(len(messages), 'message')}. "
        "Of one of them:"
    )
    never = [one for one in messages if one["question"] == "Why did this not go out?"]
    console.print(f"  {escape((never or messages)[-1]['answer'])}")
    return all(one["answer"] and one["next"] for one in (*leads, *messages))
