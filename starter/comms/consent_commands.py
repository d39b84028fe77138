"""`comms consent …`: what a person has permitted or withdrawn, and recording what they say by voice, mail or in person."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from models.terms import Channel
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Misunderstood
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="What people have permitted or withdrawn, with evidence.")


class Said(StrEnum):
    """What is recorded."""

    OPT_OUT = "opt-out"
    OPT_IN = "opt-in"


class Way(StrEnum):
    """How an opt-out was said."""

    STAFF = "staff"
    VOICE = "voice"
    MAIL = "mail"
    LETTER = "letter"
    IN_PERSON = "in_person"


class Rung(StrEnum):
    """The highest kind of message that an opt-in covers."""

    CONVERSATIONAL = "conversational"
    INFORMATIONAL = "informational"
    PROMOTIONAL = "promotional"


ClientOption = Annotated[str | None, typer.Option(help="Key of the client, such as acme-plumbing.")]
PhoneOption = Annotated[str | None, typer.Option(help="As written.")]
EmailOption = Annotated[str | None, typer.Option()]


@app.command()
def history(
    lead: Annotated[
        str | None, typer.Option(metavar="LEAD", help="Id of the lead; or --client with an address.")
    ] = None,
    client: ClientOption = None,
    phone: PhoneOption = None,
    email: EmailOption = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show how an address stands, and every event that made it so, oldest first."""
    whose: dict[str, Any] = {"lead": str(uuid(lead, "a lead"))} if lead else _address(client, phone, email)
    found = api_client.post(url, key, "/v1/consent/history", whose)
    if as_json:
        show_json(found)
        return
    for address in found:
        columns = ("when (UTC)", "what", "wording", "evidence", "collected by")
        title = f"{address['channel']} {address['address']}: {_standing(address)}"
        out.print(table(title, columns, (_line(event) for event in address["history"])))


@app.command()
def record(
    what: Annotated[Said, typer.Argument(help="What the person has said.")],
    evidence: Annotated[str, typer.Option(help="Where the proof lies: a reference or a page, such as ticket/4711.")],
    client: ClientOption = None,
    phone: PhoneOption = None,
    email: EmailOption = None,
    source: Annotated[Way, typer.Option(help="Of an opt-out: how they said it.")] = Way.STAFF,
    this_channel_only: Annotated[
        bool, typer.Option(help="Of an opt-out: the other channels stay as they are.")
    ] = False,
    kind: Annotated[Rung | None, typer.Option(help="Of an opt-in: the highest kind it covers.")] = None,
    wording_version: Annotated[str, typer.Option(help="Of an opt-in: the text that was agreed to.")] = "",
    given_at: Annotated[datetime | None, typer.Option(help="When they said so, in UTC; now if left out.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Record an opt-out, or a documented opt-in, that came by voice, mail, letter or in person. It counts at once."""
    body = _address(client, phone, email) | {"evidence": evidence, "wording_version": wording_version}
    if given_at is not None:
        body["given_at"] = f"{given_at.isoformat()}+00:00"
    if what is Said.OPT_OUT:
        body |= {"status": "revoked", "source": source.value, "scope": "channel" if this_channel_only else "brand"}
    else:
        body |= {"status": "granted", "kind": kind and kind.value}
    answer = api_client.post(url, key, "/v1/consent", body)
    if as_json:
        show_json(answer)
        return
    remark(f"Recorded for {answer['address']}: {answer['status']} on {', '.join(answer['channels'])}.")
    if answer["in_flight"]:
        remark(f"Claimed before, may still arrive: {', '.join(answer['in_flight'])}")


def _address(client: str | None, phone: str | None, email: str | None) -> dict[str, Any]:
    if client is None or (phone is None) == (email is None):
        raise Misunderstood("Name the client and one address: --client KEY and --phone or --email.")
    channel, written = (Channel.SMS, phone) if phone else (Channel.EMAIL, email)
    return {"client": client, "channel": channel.value, "address": written}


def _standing(address: dict[str, Any]) -> str:
    if address["opted_out"]:
        return "opted out"
    if address["in_doubt"]:
        return f"held; counts as an opt-out from {moment(address['lapses_at'])} UTC unless a person decides"
    return f"up to {address['covers']} messages" if address["covers"] else "no permission"


def _line(event: dict[str, Any]) -> tuple[object, ...]:
    said = f"{event['in_words']}, said {moment(event['given_at'])}" if event["given_at"] else event["in_words"]
    return moment(event["at"]), said, event["wording_version"] or None, event["evidence"] or None, event["collected_by"]
