"""`comms staff …`: who works here, what they may do, and for whom."""

import sys
from typing import Annotated

import typer

from models.addresses import normalise
from models.database import staff_changes, staff_passwords
from models.database.events import Origin
from models.database.staff_changes import KnownAsAnother, StaffChange
from models.errors import InvalidAddress, UnknownRecord
from models.passwords import UnusablePassword
from models.terms import Channel, Role
from starter.comms import completing, database_access
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Misunderstood, Problem
from starter.comms.showing import AsJson, out, remark, show_json, table

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="Who works here, what they may do, and for whom.")


@app.command("list")
def list_staff(as_json: AsJson = False) -> None:
    """Show everybody with their roles and clients."""
    with database_access.session() as session:
        rows = [dict(row) for row in staff_changes.listing(session)]
    if as_json:
        show_json(rows)
        return
    shown = [
        (
            row["handle"],
            ", ".join(row["roles"]),
            _clients(row["clients"]),
            row["subject"] or row["email"],
            row["principal"] or "",
            row["active"],
        )
        for row in rows
    ]
    columns = ("handle", "roles", "clients", "at the identity provider", "known to Temporal as", "active")
    out.print(table("staff", columns, shown))


@app.command("set")
def set_staff(
    handle: Annotated[str, typer.Argument(help="Short name, as in events and decisions.")],
    role: Annotated[
        list[Role] | None, typer.Option(help="All they may do from now on; several times for several.")
    ] = None,
    client: Annotated[
        list[str] | None,
        typer.Option(autocompletion=completing.clients, help="Decides for these clients only; several times."),
    ] = None,
    every_client: Annotated[bool, typer.Option("--every-client", help="Decides for every client again.")] = False,
    email: Annotated[
        str | None, typer.Option(help="Where notices and tests go, and as whom they sign in; empty for none.")
    ] = None,
    phone: Annotated[str | None, typer.Option(help="Where tests of texts go; empty for none.")] = None,
    principal: Annotated[
        str | None, typer.Option(help="type:name under which the Temporal server verifies them; empty for none.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="Whom the identity provider knows them as (claim sub); empty for none.")
    ] = None,
    active: Annotated[bool | None, typer.Option("--active/--left", help="Whether they still work here.")] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="Print a new API key; the old one ends.")] = False,
) -> None:
    """Enter somebody, or change what is given. What they may do counts from the next request on."""
    if client and every_client:
        raise Misunderstood("give --client or --every-client, not both")
    try:
        number = normalise(Channel.SMS, phone) if phone else phone
        change = StaffChange(handle, role, client, every_client, email, number, principal, active, new_key, subject)
        with database_access.session() as session:
            key = staff_changes.put(session, change, Origin("command"))
    except (UnknownRecord, InvalidAddress, KnownAsAnother) as error:
        raise Problem(str(error)) from None
    if key is not None:
        out.print(key, markup=False)
        remark("The key cannot be shown again.")
    remark(f"{handle} is stored.")


@app.command("password")
def set_password(handle: Annotated[str, typer.Argument(help="Whose local account.")]) -> None:
    """Set the password with which somebody signs in at the console. It is asked for, or read from stdin.

    Their sessions of the old password end. See COMMS_SIGN_IN__LOCAL_ACCOUNTS for where local accounts count.
    """
    if sys.stdin.isatty():
        password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        with database_access.session() as session:
            staff_passwords.put(session, handle, password, Origin("command"))
    except (UnknownRecord, UnusablePassword) as error:
        raise Problem(str(error)) from None
    remark(f"The password of {handle} is stored.")


def _clients(keys: list[str] | None) -> str:
    return "all" if keys is None else ", ".join(keys) or "none"
