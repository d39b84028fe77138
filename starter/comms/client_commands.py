"""`comms client …`: the local service businesses we write for."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from models.addresses import normalise
from models.database.tables.people import Client
from models.terms import Channel
from starter.comms import database_access
from starter.comms.problems import PlainSpoken, Problem
from starter.comms.showing import out, remark

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="The local service businesses we write for.")


@app.callback()
def clients() -> None:
    """The local service businesses we write for."""


@app.command()
def add(
    key: Annotated[str, typer.Argument(help="Short name in requests, such as acme-plumbing.")],
    name: Annotated[str, typer.Argument(help="Name as its customers know it.")],
    time_zone: Annotated[
        str, typer.Option(help="IANA zone; used for leads whose own zone is unknown.")
    ] = "America/New_York",
    phone: Annotated[str, typer.Option(help="Number that customers may call.")] = "",
    postal_address: Annotated[str, typer.Option(help="Shown in every email, as the CAN-SPAM Act asks.")] = "",
) -> None:
    """Enter a client, or correct the one with this key. Prints its id."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Problem(f"there is no time zone {time_zone!r}; use a name such as America/Denver") from None
    row = Client(
        key=key,
        name=name,
        time_zone=time_zone,
        phone=normalise(Channel.SMS, phone) if phone else "",
        postal_address=postal_address,
    )
    values = row.model_dump(exclude_none=True)
    correct = {field: value for field, value in values.items() if field not in ("id", "key")}
    statement = insert(Client).values(values).on_conflict_do_update(index_elements=["key"], set_=correct)
    with database_access.session() as session:
        identity = session.execute(statement.returning(col(Client.id))).scalar_one()
    out.print(str(identity))
    remark(f"Client {key} is stored.")
