"""`comms contacts …`: the people at a client who read reports, notices and the portal."""

from typing import Annotated

import typer

from models.portal.subscriptions import Subscription
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

PATH = "/v1/client-contacts"
app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="The people at clients, and their links to the portal.")
ContactArgument = Annotated[str, typer.Argument(metavar="CONTACT", help="Id of the person.")]


@app.command()
def add(
    client: Annotated[
        str, typer.Argument(autocompletion=completing.clients, help="Key of the client, such as acme-plumbing.")
    ],
    name: Annotated[str, typer.Argument()],
    email: Annotated[str, typer.Argument()],
    evidence: Annotated[str, typer.Option(help="Where the client's agreement lies, such as agreement/2026-04.")],
    phone: Annotated[str, typer.Option(help="As written.")] = "",
    receives: Annotated[list[Subscription] | None, typer.Option(help="Both, if left out.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Enter a person at a client, or correct what is known of them. Prints their id."""
    wanted = [one.value for one in receives or list(Subscription)]
    body = {"client": client, "name": name, "email": email, "phone": phone, "receives": wanted, "evidence": evidence}
    entered = api_client.post(url, key, PATH, body)
    if as_json:
        show_json(entered)
        return
    out.print(entered["id"])
    remark("The person is stored; they are written to with the client's agreement until they opt out.")


@app.command("list")
def list_contacts(
    client: Annotated[str | None, typer.Option(autocompletion=completing.clients, help="Key of a client.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List the people at clients."""
    found = api_client.get(url, key, PATH, {"client": client})
    if as_json:
        show_json(found)
        return
    columns = ("contact", "client", "name", "email", "phone", "receives", "active")
    rows = (
        (one["id"], one["client"], one["name"], one["email"], one["phone"], ", ".join(one["receives"]), one["active"])
        for one in found
    )
    out.print(table("People at clients", columns, rows, whole="contact"))


@app.command()
def deactivate(contact: ContactArgument, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Write to a person no more, and close their links."""
    api_client.post(url, key, f"{PATH}/{uuid(contact, 'a contact')}/deactivate", {})
    remark("They are written to no more, and their links open nothing.")


@app.command()
def link(
    contact: ContactArgument,
    post: Annotated[str | None, typer.Option(help="Id of the post that it opens first.")] = None,
    days: Annotated[int | None, typer.Option(help="How long it works.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Print a link to the portal for a person. Give it to nobody else."""
    body = {"post_id": post and str(uuid(post, "a post")), "days": days}
    made = api_client.post(url, key, f"{PATH}/{uuid(contact, 'a contact')}/portal-links", body)
    if as_json:
        show_json(made)
        return
    out.print(made["url"], soft_wrap=True)


@app.command()
def links(contact: ContactArgument, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """List a person's links, without their addresses, which are not kept."""
    found = api_client.get(url, key, f"{PATH}/{uuid(contact, 'a contact')}/portal-links")
    if as_json:
        show_json(found)
        return
    columns = ("link", "leads to", "issued", "by", "expires", "revoked", "last used")
    out.print(
        table(
            "Links to the portal (UTC)",
            columns,
            (
                (
                    one["id"],
                    one["post_id"] or "the list",
                    moment(one["issued_at"]),
                    one["issued_by"],
                    moment(one["expires_at"]),
                    moment(one["revoked_at"]),
                    moment(one["last_used_at"]),
                )
                for one in found
            ),
            whole="link",
        )
    )


@app.command("revoke-links")
def revoke_links(
    contact: ContactArgument,
    only: Annotated[str | None, typer.Option("--link", help="Id of one link; all of them if left out.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Close a person's links, or one of them."""
    one = f"/v1/portal-links/{uuid(only, 'a link')}/revoke" if only else None
    path = one or f"{PATH}/{uuid(contact, 'a contact')}/portal-links/revoke"
    remark(f"{api_client.post(url, key, path, {})['revoked']} closed.")
