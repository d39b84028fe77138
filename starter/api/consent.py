"""Recording what a person has permitted or withdrawn outside the channels that are read by machine."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from models.addresses import address_hash, masked, normalise
from models.database import consent_desk, intake
from models.database.consent import Address, Proof
from models.database.engine import transaction
from models.errors import InvalidAddress
from models.terms import Channel, ConsentStatus
from starter.api.fields import KINDS, Key, Reference, Short, Strict
from starter.callers import SalesOps
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/consent", tags=["Consent"])
_DESK = "staff"
_OPT_IN = "documented_opt_in"


class ConsentEventBody(Strict):
    """One consent event. `granted` undoes an earlier opt-out, so it needs the proof that the person asked for it."""

    client: Key
    channel: Channel
    address: Short = Field(description="As the person writes it; compared in its one form.")
    status: Literal["revoked", "granted", "released"]
    kind: Literal["conversational", "informational", "promotional"] | None = Field(
        None, description="Needed with `granted`: the highest kind of message it covers."
    )
    evidence: Reference = Field(description="Where the proof lies.", examples=["ticket/4711"])


class Recorded(BaseModel):
    """What was recorded. `in_flight` were claimed before an opt-out and may still arrive."""

    client: str
    channel: Channel
    address: str = Field(description="Masked.")
    status: ConsentStatus
    suppressed: list[UUID] = []
    in_flight: list[UUID] = []


@router.post("", summary="Record an opt-out, a documented opt-in, or the release of a held address")
def record(body: ConsentEventBody, caller: SalesOps, uses: Uses) -> Recorded:
    """An opt-out takes effect when the answer is given: nothing is claimed for the address after it."""
    try:
        normalised = normalise(body.channel, body.address)
    except InvalidAddress as invalid:
        raise field_problem("address", str(invalid)) from None
    status = ConsentStatus(body.status)
    if status is ConsentStatus.GRANTED and body.kind is None:
        raise field_problem("kind", "say which kind of message the permission covers")
    answer = Recorded(client=body.client, channel=body.channel, address=masked(normalised), status=status)
    with transaction(uses.engine) as session:
        client = intake.client_by_key(session, body.client)
        if client is None:
            raise field_problem("client", "there is no such client; see GET /v1/clients")
        address = Address(client.id, body.channel, address_hash(str(client.id), body.channel, normalised))
        proof = Proof(_DESK, caller.handle, body.evidence)
        if status is ConsentStatus.REVOKED:
            done = consent_desk.opt_out(session, address, proof)
            answer.suppressed, answer.in_flight = list(done.suppressed), list(done.in_flight)
        elif status is ConsentStatus.RELEASED:
            consent_desk.release(session, address, proof)
        else:
            consent_desk.grant(session, address, KINDS[str(body.kind)], Proof(_OPT_IN, caller.handle, body.evidence))
    return answer
