"""`comms sources …`: where leads come from, whose they are, and what they start."""

from typing import Annotated, Any

import typer

from models.leads.terms import Way
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Misunderstood
from starter.comms.showing import AsJson, out, remark, show_json, table

PATH = "/v1/lead-sources"
app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="Where leads come from, and what they start.")


@app.command("list")
def list_sources(key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show every source account, with the address that is entered at the source."""
    found = api_client.get(url, key, PATH)
    if as_json:
        show_json(found)
        return
    columns = ("way", "account", "client", "starts", "owner", "on", "web hook")
    out.print(table("Lead sources", columns, (_source(row) for row in found)))


@app.command("set")
def set_source(
    way: Annotated[Way, typer.Argument(help="How its leads come in.")],
    account: Annotated[str, typer.Argument(help="Our own short name of the account.")],
    client: Annotated[
        str, typer.Option(autocompletion=completing.clients, help="Key of the client whose leads it brings.")
    ],
    sequence: Annotated[
        str | None, typer.Option(autocompletion=completing.sequences, help="What its leads start.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Staff handle; the sequence's owner if left out.")] = None,
    window: Annotated[
        str | None, typer.Option(help="How old an event may be for an automatic answer, ISO 8601, such as PT1H.")
    ] = None,
    wording: Annotated[
        list[str] | None,
        typer.Option(help="Of a web form: VERSION:KIND, what this version of its consent wording covers."),
    ] = None,
    ask_secret: Annotated[
        bool, typer.Option("--secret", help="Ask for the secret: Twilio's auth token or CallRail's signing key.")
    ] = False,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help="Make a new one; that of before stays good for a day.")
    ] = False,
    new_address: Annotated[
        bool, typer.Option("--new-address", help="Make a new address; that of before is worthless at once.")
    ] = False,
    enabled: Annotated[bool | None, typer.Option("--on/--off", help="Whether it may bring leads.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Enter a source account, or change what is given. Prints the web hook's address, and a secret that was made."""
    # Asked for and not an option, so that it stays out of the shell's history and the list of processes.
    secret = typer.prompt("Secret", hide_input=True, err=True) if ask_secret else None
    told = {
        "client": client,
        "sequence": sequence,
        "owner": owner,
        "response_window": window,
        "wordings": dict(_wording(one) for one in wording) if wording else None,
        "secret": secret,
        "new_secret": new_secret or None,
        "new_address": new_address or None,
        "enabled": enabled,
    }
    body = {name: value for name, value in told.items() if value is not None}
    stored = api_client.put(url, key, f"{PATH}/{way}/{account}", body)
    if as_json:
        show_json(stored)
        return
    if stored["web_hook"]:
        out.print(stored["web_hook"], soft_wrap=True)
    if stored["secret"]:
        remark("Its secret, shown this once:")
        out.print(stored["secret"], soft_wrap=True)
    remark(f"Leads of {way.value} account {account} are {client}'s.")


def _wording(written: str) -> tuple[str, str]:
    version, separator, kind = written.rpartition(":")
    if not separator:
        raise Misunderstood(f"--wording {written!r} is not VERSION:KIND")
    return version, kind


def _source(row: dict[str, Any]) -> tuple[object, ...]:
    on = "yes" if row["enabled"] else "no"
    return row["way"], row["account"], row["client"], row["sequence"], row["owner"], on, row["web_hook"]
