"""`comms runs`, `stop`: what runs, and how people end it."""

from typing import Annotated, Any

import typer

from models.terms import RunState
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", autocompletion=completing.runs, help="Id of the run, or its workflow id.")
]
Reason = Annotated[str, typer.Option(help="Why; kept in the log. No names, numbers or addresses.")]


def runs(
    state: Annotated[RunState | None, typer.Option(help="Only runs in this state.")] = None,
    client: Annotated[
        str | None, typer.Option(autocompletion=completing.clients, help="Only runs of the client with this key.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
    after: Annotated[str | None, typer.Option(help="Where the page before said that it goes on.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first."""
    found = api_client.get(url, key, "/v1/runs", {"state": state, "client": client, "limit": limit, "after": after})
    if as_json:
        show_json(found)
        return
    if not found["runs"]:
        remark("There is no such run. `comms start` starts one for a lead, `comms import` for a list.")
        return
    columns = ("run", "client", "sequence", "state", "outcome", "owner", "asked for (UTC)")
    out.print(table("Runs", columns, (_run(row) for row in found["runs"]), whole="run"))
    if found["next"]:
        remark(f"There are more: --after {found['next']}")


def stop(run: RunArgument, reason: Reason, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """End a run: nothing more is sent."""
    identity = run_id(run)
    effect = api_client.post(url, key, f"/v1/runs/{identity}/stop", {"reason": reason})
    if as_json:
        show_json(effect)
        return
    remark(f"stop: {'done' if effect['changed'] else 'it was so before'}, run {identity}")
    if effect["in_flight"]:
        remark(f"Claimed before, may still arrive: {', '.join(effect['in_flight'])}")


def _run(row: dict[str, Any]) -> tuple[object, ...]:
    names = ("id", "client", "sequence", "state", "outcome", "owner")
    return *(row[name] for name in names), moment(row["requested_at"])
