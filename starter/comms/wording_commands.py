"""`comms wording …`: what may be written, what was found, and by what clients are recognised."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.terms import Channel
from models.wording.surroundings import MarkKind, Purpose
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Problem
from starter.comms.showing import AsJson, out, remark, show_json, table

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="What may be written, and what was found in it.")
COLUMNS = ("severity", "class", "part", "place", "what to do")
ClientKey = Annotated[str, typer.Argument(metavar="CLIENT", help="Key of the client.")]


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The text, as it would leave.")],
    client: Annotated[str, typer.Option(autocompletion=completing.clients, help="Whose text it is.")],
    purpose: Annotated[Purpose, typer.Option(help="What it is for.")] = Purpose.OUTREACH,
    channel: Annotated[Channel | None, typer.Option(help="Left out for a page of the portal.")] = None,
    subject: Annotated[str, typer.Option()] = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Look at a text before it is used. Nothing is stored."""
    body = {"client": client, "purpose": purpose.value, "subject": subject, "body": file.read_text()}
    found = api_client.post(url, key, "/v1/wording/check", body | {"channel": channel.value if channel else None})
    _show(found["findings"], found, as_json)


@app.command()
def message(
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of the message.")],
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show what is found in a message now."""
    found = api_client.get(url, key, f"/v1/messages/{uuid(message_id, 'a message')}/wording")
    _show(found["findings"], found, as_json)


@app.command()
def marks(client: ClientKey, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """List by what a client is recognised, beside its name and phone."""
    found = api_client.get(url, key, f"/v1/clients/{client}/marks")
    if as_json:
        show_json(found)
        return
    columns = ("kind", "value", "entered_by")
    out.print(table(f"Marks of {client}", columns, ([mark[name] for name in columns] for mark in found)))


@app.command()
def mark(client: ClientKey, kind: MarkKind, value: str, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Enter something as the client's own: a name, phone, email, domain, or the beginning of its links."""
    entered = api_client.post(url, key, f"/v1/clients/{client}/marks", {"kind": kind.value, "value": value})
    remark(f"{entered['value']} counts as {client}'s own. What waits is checked anew.")


@app.command()
def unmark(client: ClientKey, kind: MarkKind, value: str, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Take a mark away."""
    found = api_client.get(url, key, f"/v1/clients/{client}/marks")
    ids = [one["id"] for one in found if (one["kind"], one["value"]) == (kind.value, value)]
    if not ids:
        raise Problem(f"there is no such mark; see `comms wording marks {client}`")
    api_client.delete(url, key, f"/v1/clients/{client}/marks/{ids[0]}")
    remark(f"{value} no longer counts as {client}'s own.")


def _show(findings: list[dict[str, Any]], whole: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(whole)
        return
    if not findings:
        remark("Nothing was found.")
        return
    out.print(table("Found", COLUMNS, map(row, findings)))


def row(finding: dict[str, Any]) -> list[str]:
    """Return a finding as a line of a table."""
    place = f"{finding['start']}-{finding['end']}"
    return [finding["severity"], finding["kind"], finding["part"], place, finding["advice"]]
