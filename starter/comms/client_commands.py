"""`comms client …`: the local service businesses we write for."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from models.addresses import normalise
from models.database import intake
from models.terms import Channel
from starter.comms import api_client, database_access
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Problem
from starter.comms.showing import AsJson, out, remark, show_json, table

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="The local service businesses we write for.")


@app.callback()
def clients() -> None:
    """The local service businesses we write for."""


@app.command()
def add(
    key: Annotated[str, typer.Argument(help="Short name in requests, such as acme-plumbing.")],
    name: Annotated[str, typer.Argument(help="Name as its customers know it.")],
    time_zone: Annotated[
        str | None,
        typer.Option(help="IANA zone; used for leads whose own zone is unknown. America/New_York if never given."),
    ] = None,
    phone: Annotated[str | None, typer.Option(help="Number that customers may call.")] = None,
    postal_address: Annotated[str | None, typer.Option(help="Shown in every email, as the CAN-SPAM Act asks.")] = None,
    as_json: AsJson = False,
) -> None:
    """Enter a client, or correct what is given of the one with this key. Prints its id."""
    given = {
        "name": name,
        "time_zone": None if time_zone is None else _zone(time_zone),
        "phone": phone and normalise(Channel.SMS, phone),
        "postal_address": postal_address,
    }
    with database_access.session() as session:
        client, _ = intake.put_client(
            session, key, {field: value for field, value in given.items() if value is not None}
        )
        identity = client.id
    if as_json:
        show_json({"id": identity, "key": key})
        return
    out.print(str(identity))
    remark(f"Client {key} is stored.")


@app.command("list")
def list_clients(key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """List the clients, by their keys."""
    found = api_client.get(url, key, "/v1/clients")
    if as_json:
        show_json(found)
    elif found:
        columns = ("key", "name", "time zone", "phone", "postal address")
        out.print(table("Clients", columns, (_client(one) for one in found)))
    else:
        remark("There is no client yet. Enter one with `comms client add KEY NAME`.")


def _client(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row[name] or None for name in ("key", "name", "time_zone", "phone", "postal_address"))


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Problem(f"there is no time zone {name!r}; use a name such as America/Denver") from None
    return name
