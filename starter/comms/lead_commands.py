"""`comms leads`, `complete-lead`, `close-lead`: what came in, what became of it, and what waits for a person."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from models.leads.terms import LeadEventState, Way
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.showing import AsJson, moment, out, remark, show_json, table
from starter.comms.start_command import permission

PATH = "/v1/lead-events"
PARTS = ("contact", "job", "money", "consent", "attribution", "market", "thread")
EventArgument = Annotated[str, typer.Argument(metavar="EVENT", help="Id of the lead event, as `comms leads` shows it.")]


def leads(
    event: Annotated[str | None, typer.Argument(metavar="EVENT", help="Show this one in full.")] = None,
    state: Annotated[LeadEventState | None, typer.Option(help="Only those of this state.")] = None,
    way: Annotated[Way | None, typer.Option(help="Only those that came this way.")] = None,
    client: Annotated[
        str | None, typer.Option(autocompletion=completing.clients, help="Only those of the client with this key.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
    after: Annotated[str | None, typer.Option(help="Where the page before said that it goes on.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List lead events, newest first, with what became of each and why; or show one in full."""
    if event is not None:
        found = api_client.get(url, key, f"{PATH}/{uuid(event, 'a lead event')}")
        show_json(found) if as_json else _show(found)
        return
    where = {"state": state, "way": way, "client": client, "limit": limit, "after": after}
    found = api_client.get(url, key, PATH, where)
    if as_json:
        show_json(found)
        return
    columns = ("event", "came by", "client", "state", "why", "owner", "came in (UTC)")
    out.print(table("Lead events", columns, (_line(row) for row in found["events"]), whole="event"))
    if found["next"]:
        remark(f"There are more: --after {found['next']}")


def complete_lead(
    event: EventArgument,
    phone: Annotated[str | None, typer.Option(help="The right number.")] = None,
    email: Annotated[str | None, typer.Option(help="The right address.")] = None,
    first_name: Annotated[str | None, typer.Option()] = None,
    last_name: Annotated[str | None, typer.Option()] = None,
    postal_code: Annotated[str | None, typer.Option()] = None,
    region: Annotated[str | None, typer.Option(help="US state, two letters.")] = None,
    service_type: Annotated[str | None, typer.Option()] = None,
    consent: Annotated[
        list[str] | None, typer.Option(help="CHANNEL:KIND:SOURCE:EVIDENCE, such as sms:conversational:call:call/2231.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(help="A reason that you looked at and find right, such as too_late.")
    ] = None,
    sequence: Annotated[
        str | None,
        typer.Option(
            autocompletion=completing.sequences, help="What it starts, if its source says nothing or another."
        ),
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Staff handle.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Add what a lead event lacks, and let it go on. If something is still missing, nothing is changed."""
    told = {
        "phone": phone,
        "email": email,
        "first_name": first_name,
        "last_name": last_name,
        "postal_code": postal_code,
        "region": region,
        "service_type": service_type,
        "sequence": sequence,
        "owner": owner,
        "consent": [permission(given) for given in consent] if consent else None,
        "accept": accept or None,
    }
    body = {name: value for name, value in told.items() if value is not None}
    done = api_client.post(url, key, f"{PATH}/{uuid(event, 'a lead event')}/completion", body)
    if as_json:
        show_json(done)
        return
    remark(_became(done))


def close_lead(
    event: EventArgument,
    reason: Annotated[str, typer.Option(help="Why there will be no run. No names, numbers or addresses.")],
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Close a lead event without a run, such as after a call."""
    api_client.post(url, key, f"{PATH}/{uuid(event, 'a lead event')}/closing", {"reason": reason})
    remark("The lead event is closed, and its task with it.")


def _became(done: Mapping[str, Any]) -> str:
    run = f" Follow it with: comms explain {done['run_id']}" if done["run_id"] else ""
    why = f": {done['in_words']}" if done["in_words"] else ""
    return f"It is {done['state'].replace('_', ' ')}{why}.{run}"


def _line(row: Mapping[str, Any]) -> tuple[object, ...]:
    came = f"{row['way'].replace('_', ' ')} ({row['account']})"
    state = row["state"].replace("_", " ")
    return row["id"], came, row["client"], state, row["in_words"] or None, row["owner"], moment(row["received_at"])


def _show(found: Mapping[str, Any]) -> None:
    head = f"{found['way'].replace('_', ' ')} ({found['account']}) for {found['client']}, owner {found['owner']}"
    out.print(table(f"Lead event {found['id']}: {head}", ("", ""), _told(found)))
    remark(_became(found))


def _told(found: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    yield "came in (UTC)", moment(found["received_at"])
    yield "happened (UTC)", moment(found["occurred_at"])
    for part in PARTS:
        for name, value in found[part].items():
            if value not in ("", None, [], {}, "unknown"):
                yield f"{part}: {name.replace('_', ' ')}", value
    if found["message"]:
        yield "message", found["message"]
    if found["raw"]:
        yield "as it came", f"comms read {found['raw'].rpartition('/')[2]}"
