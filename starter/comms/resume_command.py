"""`comms resume`: what a resume would do is shown first; then what was held leaves at a limited rate."""

import time
from typing import Annotated, Any

import httpx
import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.bars import bar
from starter.comms.identifiers import run_id
from starter.comms.pause_commands import PATH, show_drain
from starter.comms.run_commands import Reason
from starter.comms.showing import AsJson, out, remark, show_json, table

POLL_SECONDS = 0.5


def resume(
    paused: Annotated[
        str,
        typer.Argument(
            metavar="PAUSE|RUN", autocompletion=completing.pauses, help="Id of the pause; or of the run that it holds."
        ),
    ],
    reason: Reason,
    epoch: Annotated[int | None, typer.Option(help="Of a run's pause that somebody else has put.")] = None,
    per_second: Annotated[float | None, typer.Option(help="How many messages may leave per second.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; do as the preview says.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Stay until everything that was held has had its turn.")
    ] = False,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Let go on what a pause holds. Every message passes every check again at its turn."""
    identity = run_id(paused)
    held_by = {one["id"]: one for one in api_client.get(url, key, PATH)}
    if str(identity) not in held_by:
        effect = api_client.post(url, key, f"/v1/runs/{identity}/resume", {"reason": reason, "epoch": epoch})
        if as_json:
            show_json(effect)
        else:
            remark(f"resume: {'done' if effect['changed'] else 'it was so before'}, run {identity}")
        return
    if as_json and not yes:
        raise typer.BadParameter("--json is for programs, which cannot be asked: give --yes too")
    shown = api_client.post(url, key, f"{PATH}/{identity}/preview", {"per_second": per_second})
    if not as_json:
        show_preview(shown)
    if not yes:
        typer.confirm(f"Resume {held_by[str(identity)]['name']} like this?", abort=True, err=True)
    wish = {"reason": reason, "epoch": shown["epoch"], "preview": shown["preview"]}
    resumed = api_client.post(url, key, f"{PATH}/{identity}/resume", wish)
    remark(f"resume: done. `comms pauses {identity}` shows how far it has come.")
    if follow:
        resumed = _followed(url, key, f"{PATH}/{identity}")
    if as_json:
        show_json({"preview": shown, "pause": resumed})
    elif follow:
        show_drain(resumed)


def show_preview(shown: dict[str, Any]) -> None:
    """Show what a resume would do."""
    lines = [
        (what.replace("_", " "), count, _first(shown["messages"].get(what))) for what, count in shown["counts"].items()
    ]
    lines.append(("expired meanwhile", shown["expired_meanwhile"], _first(shown["messages"].get("expired_meanwhile"))))
    lines.append(("not due yet", shown["not_due"], None))
    lines.append(("waits for approval", shown["not_approved"], None))
    out.print(table("What the resume would do", ("", "messages", "such as"), lines))
    remark(f"At {shown['per_second']:g} per second the last one leaves after {shown['seconds']:.0f} s.")


def _first(messages: list[dict[str, Any]] | None) -> str | None:
    if not messages:
        return None
    until = f", until {messages[0]['until'][:16]}" if messages[0].get("until") else ""
    return f"{messages[0]['step']} of run {messages[0]['run']}{until}"


def _followed(url: str, key: str, path: str) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with bar(*columns) as progress:
        task = progress.add_task("draining", total=None)
        while True:
            try:
                found: dict[str, Any] = api_client.get(url, key, path)
            except httpx.TransportError:
                time.sleep(POLL_SECONDS)  # the drain needs nobody to watch it
                continue
            drain = found["drain"]
            total = sum(drain["expected"].values())
            progress.update(task, total=total, completed=total - drain["waiting"])
            if drain["done"]:
                return found
            time.sleep(POLL_SECONDS)
