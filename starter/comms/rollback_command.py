"""`comms roll-back`: what would be taken back is shown first; what was seen is what is done."""

from typing import Annotated, Any

import typer

from models.plurals import counted
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id
from starter.comms.problems import Misunderstood
from starter.comms.run_commands import Reason, RunArgument
from starter.comms.showing import AsJson, out, remark, show_json, table


def roll_back(
    run: RunArgument,
    reason: Reason = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; do what is shown.")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Only show what would be done, or what has become of it.")
    ] = False,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """End a run and take back what can be taken back, newest step first; before that, see what that is."""
    path = f"/v1/runs/{run_id(run)}/rollback"
    found = api_client.get(url, key, path)
    if as_json:
        show_json(found)
    else:
        show_plan(found)
    if show or found["asked_by"]:
        remark(f"It was asked for by {found['asked_by']}." if found["asked_by"] else "Nothing was changed.")
        return
    if not reason:
        raise Misunderstood("Say why: --reason.")
    if not yes:
        typer.confirm("Roll back like this?", abort=True, err=True)
    effect = api_client.post(url, key, path, {"reason": reason, "plan": found["plan"]})
    remark(f"roll-back: {'asked for' if effect['changed'] else 'it was so before'}. --show tells what becomes of it.")
    if effect["in_flight"]:
        remark(f"Claimed before, may still arrive: {', '.join(effect['in_flight'])}")


def show_plan(found: dict[str, Any]) -> None:
    """Show each step with what will become of it, or has."""
    columns = ("step", "kind", "state", "what happens", "why")
    rows = ((one["step"], one["kind"], one["state"], one["in_words"], one["reason"]) for one in found["steps"])
    out.print(table(f"Rollback of run {found['run_id']}", columns, rows))
    if found["unsent"]:
        remark(f"{counted(found['unsent'], 'message has', 'messages have')} not left yet, and never would.")
