"""`comms templates …`: a text as it would leave, and a test of it to your own phone or mailbox."""

from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.panel import Panel
from rich.text import Text

from models.plurals import counted
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Problem
from starter.comms.showing import AsJson, out, remark, show_json, table

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="Look at texts as they would leave, and try them out.")
Which = Annotated[str, typer.Argument(help="Key of the text, such as missed_call/answer.")]
Version = Annotated[int | None, typer.Option(help="Its version; the newest if left out.")]
Client = Annotated[str, typer.Option(help="The client for whom it is shown.")]
Lead = Annotated[str | None, typer.Option(help="Id of a lead of theirs; a made-up one if left out.")]


@app.command("list")
def list_templates(key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show every version of every text, and whether its wording is approved."""
    found = api_client.get(url, key, "/v1/templates")
    if as_json:
        show_json(found)
        return
    rows = ((row["key"], row["version"], row["channel"], row["consent_needed"], row["approval"]) for row in found)
    out.print(table("Texts", ("text", "version", "channel", "needs consent for", "wording is"), rows))


@app.command()
def preview(
    which: Which,
    client: Client,
    version: Version = None,
    lead: Lead = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show a text exactly as it would leave, and what the checks find in it."""
    path = f"/v1/templates/{_found(url, key, which, version)['id']}/preview"
    shown = api_client.get(url, key, path, {"client": client, "lead": lead})
    if as_json:
        show_json(shown)
        return
    subject = f"Subject: {shown['subject']}\n\n" if shown["subject"] else ""
    cost = (
        f"{shown['encoding']}, {shown['units']} units, {counted(shown['segments'], 'segment')}"
        if shown["segments"]
        else "email"
    )
    out.print(Panel(Text(f"{subject}{shown['body']}"), title=f"{which} v{shown['version']}", subtitle=cost, width=80))
    out.print(f"The checks say: {shown['verdict'].replace('_', ' ')}.")
    for finding in shown["findings"]:
        out.print(f"  {finding['severity'].replace('_', ' ')}: {finding['advice']}", markup=False)


@app.command("test")
def send_test(
    which: Which,
    client: Client,
    version: Version = None,
    lead: Lead = None,
    repeat_key: Annotated[
        str, typer.Option("--idempotency-key", help="The same key sends nothing twice; a new one if left out.")
    ] = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Send a text to yourself, exactly as it would leave, approved or not. It can go to nobody else."""
    path = f"/v1/templates/{_found(url, key, which, version)['id']}/test-sends"
    body = {"client": client} | ({"lead": lead} if lead else {})
    asked = api_client.post(url, key, path, body, repeat_key or f"comms-{uuid4()}")
    if as_json:
        show_json(asked)
        return
    out.print(asked["run_id"])
    remark(f"It goes to {asked['to']}. What became of it: comms explain {asked['run_id']}")


def _found(url: str, key: str, which: str, version: int | None) -> dict[str, Any]:
    named = [row for row in api_client.get(url, key, "/v1/templates") if row["key"] == which]
    found: dict[str, Any] | None = next((row for row in named if version in (None, row["version"])), None)
    if found is None:
        raise Problem(f"there is no text {which}{f' v{version}' if version else ''}; see comms templates list")
    return found
