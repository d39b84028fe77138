"""Recording what a person has permitted or withdrawn outside the channels that are read by machine."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from models.addresses import address_hash, masked, normalise
from models.database.engine import transaction
from models.database.permission import consent_desk
from models.database.permission.brand import addresses_of_person
from models.database.permission.consent import Address, Proof
from models.errors import InvalidAddress
from models.terms import Channel, ConsentStatus, OptOutScope
from starter.api.fields import KINDS, Instant, Key, Reference, Short, Strict
from starter.api.scoped import client_named
from starter.callers import Caller, SalesOps
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/consent", tags=["Consent"])
_DESK = "staff"
_OPT_IN = "documented_opt_in"


class ConsentEventBody(Strict):
    """One consent event. `granted` undoes an earlier opt-out, so it needs the proof that the person asked for it.

    A doubtful opt-out is decided by `task`, without the address: `released` if it was none, `revoked` if it was one.
    """

    task: UUID | None = Field(None, description="The open task about a doubtful opt-out; instead of the next three.")
    client: Key | None = None
    channel: Channel | None = None
    address: Short | None = Field(None, description="As the person writes it; compared in its one form.")
    status: Literal["revoked", "granted", "released"]
    kind: Literal["conversational", "informational", "promotional"] | None = Field(
        None, description="Needed with `granted`: the highest kind of message it covers."
    )
    evidence: Reference | None = Field(
        None,
        description="Where the proof lies, a reference or a page; needed without `task`.",
        examples=["ticket/4711"],
    )
    source: Literal["staff", "voice", "mail", "letter", "in_person"] = Field(
        "staff", description="Of an opt-out: how the person said so."
    )
    scope: Literal["channel", "brand"] = Field(
        "brand", description="Of an opt-out: this channel only, or every address of the person that the client knows."
    )
    wording_version: Short = Field(
        "", description="With `granted`: which text was agreed to; needed for `promotional`."
    )
    given_at: Instant | None = Field(None, description="When the person said so, if that was before now.")


class Recorded(BaseModel):
    """What was recorded. `in_flight` were claimed before an opt-out and may still arrive."""

    client: str
    channel: Channel
    address: str | None = Field(description="Masked; null if a task named it.")
    status: ConsentStatus
    channels: list[Channel] = Field(description="Of every address that it holds for.")
    suppressed: list[UUID] = []
    in_flight: list[UUID] = []


@router.post("", summary="Record an opt-out, a documented opt-in, or the release of a held address")
def record(body: ConsentEventBody, caller: SalesOps, uses: Uses) -> Recorded:
    """An opt-out takes effect when the answer is given: nothing is claimed for the address after it."""
    status = ConsentStatus(body.status)
    if status is ConsentStatus.GRANTED and body.kind is None:
        raise field_problem("kind", "say which kind of message the permission covers")
    if body.kind == "promotional" and not body.wording_version:  # prior express written consent, 47 CFR 64.1200(f)(9)
        raise field_problem("wording_version", "say which text was agreed to; promotional consent is given in writing")
    with transaction(uses.engine) as session:
        client, address, plain = _held(session, body, caller) if body.task else _written(session, body, caller)
        shown = masked(plain) if plain else None
        proof = _proof(body, status, caller.handle)
        answer = Recorded(
            client=client, channel=address.channel, address=shown, status=status, channels=[address.channel]
        )
        if status is ConsentStatus.REVOKED:
            # What one reply was meant to say is known of its own channel only.
            whole = (
                [address]
                if body.task or proof.scope is OptOutScope.CHANNEL
                else addresses_of_person(session, address, plain)
            )
            answer.channels = [one.channel for one in whole]
            for one in whole:
                done = consent_desk.opt_out(session, one, proof)
                answer.suppressed += done.suppressed
                answer.in_flight += done.in_flight
        elif status is ConsentStatus.RELEASED:
            consent_desk.release(session, address, proof)
        else:
            consent_desk.grant(session, address, KINDS[str(body.kind)], proof, caller.origin)
    return answer


def _proof(body: ConsentEventBody, status: ConsentStatus, actor: str) -> Proof:
    source = {ConsentStatus.GRANTED: _OPT_IN, ConsentStatus.REVOKED: body.source}.get(status, _DESK)
    opts_out = status is ConsentStatus.REVOKED and not body.task
    return Proof(
        source,
        actor,
        body.evidence or f"task/{body.task}",
        body.wording_version,
        OptOutScope(body.scope) if opts_out else OptOutScope.CHANNEL,
        body.given_at,
    )


def _held(session: Session, body: ConsentEventBody, caller: Caller) -> tuple[str, Address, str]:
    if body.client or body.channel or body.address:
        raise field_problem("task", "name the task, or client, channel and address; not both")
    if body.status == "granted":
        raise field_problem("status", "an opt-in needs the address and its proof")
    doubt = consent_desk.doubt(session, UUID(str(body.task)))
    if doubt is None:
        raise field_problem("task", "there is no open task of this id about a doubtful opt-out")
    client_named(session, caller, doubt.client_key, "task")
    return doubt.client_key, doubt.address, ""


def _written(session: Session, body: ConsentEventBody, caller: Caller) -> tuple[str, Address, str]:
    if body.client is None or body.channel is None or body.address is None or body.evidence is None:
        needed = (name for name in ("client", "channel", "address", "evidence") if getattr(body, name) is None)
        raise field_problem(next(needed), "needed without a task")
    try:
        normalised = normalise(body.channel, body.address)
    except InvalidAddress as invalid:
        raise field_problem("address", str(invalid)) from None
    client = client_named(session, caller, body.client)
    hashed = address_hash(str(client.id), body.channel, normalised)
    return body.client, Address(client.id, body.channel, hashed), normalised
