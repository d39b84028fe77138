"""`comms runs`, `tasks`, `pause`, `resume`, `stop`, `roll-back`: what runs, and how people steer it."""

from typing import Annotated, Any

import typer

from models.terms import RunState
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="Id of the run, or its workflow id.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the log. No names, numbers or addresses.")]


def runs(
    state: Annotated[RunState | None, typer.Option(help="Only runs in this state.")] = None,
    client: Annotated[str | None, typer.Option(help="Only runs of the client with this key.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first."""
    found = api_client.get(url, key, "/v1/runs", {"state": state, "client": client, "limit": limit})
    if as_json:
        show_json(found)
        return
    columns = ("run", "state", "outcome", "owner", "asked for (UTC)")
    out.print(table("Runs", columns, (_run(row) for row in api_client.rows(found))))


def tasks(
    owner: Annotated[str | None, typer.Option(help="Only tasks of this member of staff.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List what people must decide or do, oldest first."""
    found = api_client.get(url, key, "/v1/tasks", {"owner": owner})
    if as_json:
        show_json(found)
        return
    rows = (
        (row.get("kind"), row.get("owner"), row.get("instruction"), row.get("run_id"), moment(row.get("opened_at")))
        for row in api_client.rows(found)
    )
    out.print(table("Tasks", ("kind", "owner", "what to do", "run", "since (UTC)"), rows))


def pause(run: RunArgument, reason: Reason, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Hold a run: from the answer on nothing more of it is sent."""
    _control("pause", run, reason, key, url)


def resume(run: RunArgument, reason: Reason, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Let a paused run go on. Every check is made again."""
    _control("resume", run, reason, key, url)


def stop(run: RunArgument, reason: Reason, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """End a run: nothing more is sent."""
    _control("stop", run, reason, key, url)


def roll_back(run: RunArgument, reason: Reason, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """End a run and take back what can be taken back. A sent message cannot; it becomes a task."""
    _control("roll-back", run, reason, key, url)


def _control(what: str, run: str, reason: str, key: str, url: str) -> None:
    identity = run_id(run)
    answer = api_client.post(url, key, f"/v1/runs/{identity}/{what}", {"reason": reason})
    changed = answer.get("changed", True) if isinstance(answer, dict) else True
    remark(f"{what}: accepted for run {identity}." if changed else f"{what}: nothing to change for run {identity}.")
    in_flight = answer.get("in_flight", []) if isinstance(answer, dict) else []
    if in_flight:
        remark(f"{len(in_flight)} message(s) had been claimed before and may still arrive: {', '.join(in_flight)}")


def _run(row: dict[str, Any]) -> tuple[object, ...]:
    identity = row.get("run_id") or row.get("id")
    return identity, row.get("state"), row.get("outcome"), row.get("owner"), moment(row.get("requested_at"))
