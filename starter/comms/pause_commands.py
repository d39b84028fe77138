"""`comms pauses` and `comms pause`: what is held, by whom and why, and holding more."""

from typing import Annotated, Any

import typer

from models.pausing import HeldWork, PauseCode
from models.plurals import counted
from models.terms import Channel, RunKind
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id, uuid
from starter.comms.problems import Misunderstood
from starter.comms.run_commands import Reason
from starter.comms.showing import AsJson, moment, out, remark, show_json, table
from starter.comms.spans import moment_ahead

PATH = "/v1/pauses"
COLUMNS = ("pause", "who", "why", "since, until (UTC)", "holds", "in flight")


def pauses(
    pause: Annotated[
        str | None,
        typer.Argument(metavar="PAUSE", autocompletion=completing.pauses, help="Only this one, also after its resume."),
    ] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show what is paused: who, why, since when, what it holds, what was in flight, when it ends."""
    if pause is None:
        found = api_client.get(url, key, PATH)
        if as_json:
            show_json(found)
        elif found:
            out.print(table("Pauses", COLUMNS, (_line(one) for one in found), whole="pause"))
        else:
            remark("Nothing is paused.")
        return
    one = api_client.get(url, key, f"{PATH}/{uuid(pause, 'a pause')}")
    if as_json:
        show_json(one)
        return
    out.print(table("Pause", COLUMNS, [_line(one)], whole="pause"))
    show_drain(one)


def pause(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", autocompletion=completing.runs, help="Id of a run, or its workflow id."),
    ] = None,
    *,
    reason: Reason,
    everything: Annotated[bool, typer.Option("--everything", help="Hold all that goes to contacts.")] = False,
    client: Annotated[
        str | None, typer.Option(autocompletion=completing.clients, help="Hold the client with this key.")
    ] = None,
    channel: Annotated[Channel | None, typer.Option(help="Of the client, only this channel.")] = None,
    provider: Annotated[str | None, typer.Option(help="Hold what goes through this provider, twilio or ses.")] = None,
    kind: Annotated[RunKind | None, typer.Option(help="Hold this kind of workflow.")] = None,
    sequence: Annotated[
        str | None, typer.Option(autocompletion=completing.sequences, help="Hold every version of this sequence.")
    ] = None,
    code: Annotated[PauseCode, typer.Option(help="What kind of reason it is.")] = PauseCode.BY_HAND,
    held_work: Annotated[HeldWork, typer.Option(help="What the time means for what is held.")] = HeldWork.EXPIRE,
    until: Annotated[str | None, typer.Option(help="It then lifts itself: a moment, or a span from now (2h).")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for it; you, if nobody is named.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Hold a run, or more: from the answer on nothing inside is sent. Nothing that waits is dropped."""
    named = {
        "run": run and str(run_id(run)),
        "provider": provider,
        "kind": kind,
        "sequence": sequence,
        "client": client,
    }
    named["everything"] = "all" if everything else None
    scopes = [scope for scope, value in named.items() if value is not None]
    if len(scopes) != 1:
        raise Misunderstood("Name one of RUN, --everything, --client, --provider, --kind and --sequence.")
    [scope] = scopes
    body: dict[str, Any] = {"scope": scope, "reason": reason, "code": code, "held_work": held_work, "owner": owner}
    body |= {} if everything else {scope: named[scope]}
    if channel is not None:
        body |= {"scope": "channel", "channel": channel}
    if until is not None:
        body["ends_at"] = moment_ahead(until).isoformat()
    effect = api_client.post(url, key, PATH, body)
    if as_json:
        show_json(effect)
        return
    was = "done" if effect["changed"] else "it was so before"
    remark(
        f"pause: {was}, {effect['name']}, since {moment(effect['effective_at'])} UTC, {counted(effect['runs'], 'open run')}"
    )
    remark(f"Resume it with `comms resume {effect['id']}`.")
    if effect["in_flight"]:
        remark(f"Claimed before, may still arrive: {', '.join(effect['in_flight'])}")


def show_drain(one: dict[str, Any]) -> None:
    """Show how far what a pause held has come since its resume."""
    if (drain := one["drain"]) is None:
        return
    lines = [(what.replace("_", " "), count) for what, count in drain["came_to"].items()]
    out.print(table("What was held", ("came to", "messages"), [*lines, ("waits for its turn", drain["waiting"])]))


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    flying = [flight for flight in one["in_flight"] if flight["ended"] is None]
    who = one["owner"] if one["owner"] == one["put_by"] else f"{one['owner']}, put by {one['put_by']}"
    why = f"{one['code'].replace('_', ' ')}: {one['reason']}"
    holds = f"{one['held']} due\n{counted(one['runs'], 'run')}"
    drained = (
        f"drained {moment(one['drained_at'])}" if one["drained_at"] else f"{len(flying)} of {len(one['in_flight'])}"
    )
    return f"{one['id']}\n{one['name']}", who, why, f"{moment(one['since'])}\n{_ends(one)}", holds, drained


def _ends(one: dict[str, Any]) -> str:
    if one["lifted_at"]:
        return f"lifted {moment(one['lifted_at'])} by {one['lifted_by']}"
    return moment(one["ends_at"]) or (one["lift_rule"] or "when resumed").replace("_", " ")
