"""`comms rules`: when messages may leave and how often; entering a rule, and superseding one."""

import json
from typing import Annotated, Any

import typer

from models.sending_rules import Jurisdiction, Reach, RuleKind
from models.terms import Channel
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Misunderstood
from starter.comms.showing import AsJson, out, remark, show_json, table

PATH = "/v1/rules"
COLUMNS = ("id", "whose", "what", "from", "until", "source", "")

app = typer.Typer(cls=PlainSpoken, help="When messages may leave and how often: list, add, supersede.")

Value = Annotated[
    str,
    typer.Argument(
        help='JSON, such as {"daily": "09:00-20:00", "sunday": "closed"} or {"messages": 2, "within": "PT24H"}.'
    ),
]
From = Annotated[str, typer.Option("--from", help="The first local date on which it holds, such as 2026-12-01.")]
Until = Annotated[str | None, typer.Option(help="The last one.")]
Source = Annotated[str, typer.Option(help="The law, page or person it comes from.")]
Verified = Annotated[str | None, typer.Option(help="The date on which the source was looked at.")]
Why = Annotated[str | None, typer.Option("--reason", help="Why; needed to override or to withdraw a rule.")]
Note = Annotated[str, typer.Option(help="What is uncertain about it.")]


@app.command("list")
def list_rules(
    state: Annotated[str | None, typer.Option(help="Where the person is: FL, or CA-ON.")] = None,
    zone: Annotated[str | None, typer.Option(help="Or any state of this zone: America/Chicago.")] = None,
    on: Annotated[str | None, typer.Option(help="A local date; today if left out.")] = None,
    client: Annotated[
        str | None, typer.Option(autocompletion=completing.clients, help="With this client's own rules.")
    ] = None,
    channel: Annotated[Channel, typer.Option()] = Channel.SMS,
    replaced: Annotated[bool, typer.Option("--replaced", help="Also those that others stand in for.")] = False,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show what holds for a state, a zone, a date, a client; without any, where nothing tells where the person is."""
    asked = {"state": state, "zone": zone, "on": on, "client": client, "channel": channel.value, "replaced": replaced}
    found = api_client.get(url, key, PATH, asked)
    if as_json:
        show_json(found)
        return
    where = ", ".join(found["places"]) or "anywhere, as nothing tells where"
    out.print(table(f"Rules for {channel} to {where} on {found['on']}", COLUMNS, map(_row, found["rules"])))
    remark(f"Together they leave {found['follow_up']}; for an answer within ten minutes {found['at_once']}.")


@app.command()
def add(
    kind: RuleKind,
    value: Value,
    valid_from: From,
    source: Source,
    jurisdiction: Annotated[Jurisdiction, typer.Option(help="Whose rule it is.")] = Jurisdiction.CLIENT,
    client: Annotated[
        str | None, typer.Option(autocompletion=completing.clients, help="Needed for a client's own.")
    ] = None,
    place: Annotated[str, typer.Option(help="US, US-FL, CA or unknown; everywhere if left out.")] = "",
    channel: Annotated[Channel | None, typer.Option(help="Every channel if left out.")] = None,
    reach: Annotated[Reach, typer.Option(help="Which messages it holds for.")] = Reach.EVERYTHING,
    overrides: Annotated[
        int | None, typer.Option(help="Replace this rule for the client, although it may be wider.")
    ] = None,
    valid_until: Until = None,
    verified_on: Verified = None,
    reason: Why = None,
    note: Note = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Enter a rule. A client's own may only narrow what holds for everybody, unless it overrides a rule by its id."""
    body = _dated(value, valid_from, valid_until, source, verified_on, reason, note) | {
        "kind": kind.value,
        "jurisdiction": jurisdiction.value,
        "client": client,
        "place": place,
        "channel": channel.value if channel else None,
        "reach": reach.value,
        "overrides": overrides,
    }
    _entered(api_client.post(url, key, PATH, body), as_json)


@app.command()
def supersede(
    rule: Annotated[int, typer.Argument(help="The id of the rule that this one stands in for.")],
    value: Value,
    valid_from: From,
    source: Source,
    valid_until: Until = None,
    verified_on: Verified = None,
    reason: Why = None,
    note: Note = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Enter what stands in for a rule while it is in force. The value {} withdraws it, with a reason."""
    body = _dated(value, valid_from, valid_until, source, verified_on, reason, note)
    _entered(api_client.post(url, key, f"{PATH}/{rule}/successor", body), as_json)


def _dated(
    value: str,
    valid_from: str,
    valid_until: str | None,
    source: str,
    verified_on: str | None,
    reason: str | None,
    note: str,
) -> dict[str, Any]:
    try:
        said = json.loads(value)
    except json.JSONDecodeError:
        raise Misunderstood(f'{value!r} is not JSON; write it such as {{"daily": "09:00-20:00"}}') from None
    dates = {"valid_from": valid_from, "valid_until": valid_until, "verified_on": verified_on}
    return {"value": said, "source": source, "reason": reason, "note": note} | dates


def _entered(line: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(line)
        return
    out.print(line["id"])
    remark(f"Rule {line['id']} is entered: {line['in_words']}. It counts for every message from now on.")


def _row(line: dict[str, Any]) -> tuple[object, ...]:
    whose = line["client"] or line["jurisdiction"]
    remarks = [line["note"]]
    if line["replaced_by"]:
        remarks.append(f"Rule {line['replaced_by']} stands in for it.")
    if line["overrides"]:
        remarks.append(f"Overrides rule {line['overrides']}: {line['reason']} ({line['entered_by']}).")
    source = line["source"] + (f", {line['verified_on']}" if line["verified_on"] else "")
    until = line["valid_until"] or "–"
    return line["id"], whose, line["in_words"], line["valid_from"], until, source, " ".join(filter(None, remarks))
