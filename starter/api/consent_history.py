"""Reading what a person has permitted or withdrawn, with the evidence of each."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from models.addresses import address_hash, masked, normalise
from models.database.engine import transaction
from models.database.permission import consent_history
from models.database.permission.consent import Address
from models.database.tables.consent import Consent
from models.errors import InvalidAddress
from models.explaining.consent import event_in_words
from models.terms import Channel, ConsentKind
from starter.api.fields import Key, Short, Strict
from starter.api.scoped import client_named
from starter.callers import Anybody, Caller
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/consent/history", tags=["Consent"])


class WhoseConsent(Strict):
    """Whose history: of a lead, or of one address of a client. In the body, because an address has no place in a log."""

    lead: UUID | None = None
    client: Key | None = None
    channel: Channel | None = None
    address: Short | None = None


class ConsentLine(BaseModel):
    """One event. Events are only ever added; the newest one decides."""

    at: datetime
    given_at: datetime | None = Field(description="When the person said so, if that was before it was recorded.")
    status: str
    kind: str | None = Field(description="Of a permission: the highest kind of message it covers.")
    scope: str = Field(description="Of an opt-out: this channel, or every channel of the brand.")
    seller: str = Field(description="The business named, as it was called then.")
    source: str
    wording_version: str
    evidence: str
    collected_by: str
    lapses_at: datetime | None = Field(description="Of a doubt: when it becomes an opt-out by itself.")
    in_words: str


class AddressConsent(BaseModel):
    """How one address stands, and why."""

    channel: Channel
    address: str = Field(description="Masked.")
    opted_out: bool
    in_doubt: bool
    lapses_at: datetime | None
    covers: str | None = Field(description="The highest kind of message that may be sent; null if none.")
    history: list[ConsentLine]


@router.post("", summary="Read the consent history of a person")
def read(body: WhoseConsent, caller: Anybody, uses: Uses) -> list[AddressConsent]:
    """Return each address with how it stands and every event, oldest first. Changes nothing."""
    with transaction(uses.engine) as session:
        return [_shown(session, address, plain) for address, plain in _addresses(session, body, caller)]


def _addresses(session: Session, body: WhoseConsent, caller: Caller) -> list[tuple[Address, str]]:
    if body.lead is not None:
        if body.client or body.channel or body.address:
            raise field_problem("lead", "name the lead, or client, channel and address; not both")
        caller.refuse_if_of_others(session, "lead", body.lead)
        found = consent_history.addresses_of_lead(session, body.lead)
        if found is None:
            raise field_problem("lead", "there is no such lead; see GET /v1/runs")
        return found
    if body.client is None or body.channel is None or body.address is None:
        needed = (name for name in ("client", "channel", "address") if getattr(body, name) is None)
        raise field_problem(next(needed), "needed without a lead")
    client = client_named(session, caller, body.client)
    try:
        plain = normalise(body.channel, body.address)
    except InvalidAddress as invalid:
        raise field_problem("address", str(invalid)) from None
    return [(Address(client.id, body.channel, address_hash(str(client.id), body.channel, plain)), plain)]


def _shown(session: Session, address: Address, plain: str) -> AddressConsent:
    stands = consent_history.standing(session, address)
    return AddressConsent(
        channel=address.channel,
        address=masked(plain),
        opted_out=stands.opted_out,
        in_doubt=stands.in_doubt,
        lapses_at=stands.lapses_at,
        covers=stands.covers.name.lower() if stands.covers else None,
        history=[_line(event) for event in consent_history.history(session, address)],
    )


def _line(event: Consent) -> ConsentLine:
    own = event.model_dump(include=set(ConsentLine.model_fields) - {"kind", "collected_by", "in_words"})
    kind = ConsentKind(event.kind).name.lower() if event.kind else None
    return ConsentLine(**own, kind=kind, collected_by=event.actor, in_words=event_in_words(event.model_dump()))
