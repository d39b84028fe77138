"""Twilio's web hooks: verify, store once, commit, answer.

A text counts before it is answered, with what it changes. A callback is only stored; a relay lets it take effect.
"""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from models.database.engine import transaction
from models.database.inbound.arrivals import UNREADABLE_KEY, Arrival
from models.database.inbound.callbacks import UNREADABLE, set_aside
from models.database.inbound.inbox import TWILIO, InboundText, receive_text, store_once
from models.database.inbound.reports import TwilioStatus, UnreadableReport
from models.identity import token_hash
from models.sealing import KeyRing
from starter.problems import documented
from starter.resources import Resources, Uses
from starter.webhooks.committing import twice
from starter.webhooks.signatures import Forged, Form

router = APIRouter(
    prefix="/webhooks/twilio",
    tags=["Web hooks"],
    responses=documented(403, 413, 415, 503),
)
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Verified:
    """A request that Twilio has signed: its form, and its body as it came."""

    def __init__(self, form: Form, raw: bytes) -> None:
        self.form = form
        self.raw = raw

    def get(self, name: str) -> str:
        """Return a field, empty if it is missing, without the one character that PostgreSQL cannot store."""
        return str(self.form.get(name, "")).replace("\x00", "")


async def _verified(request: Request, uses: Uses) -> Verified:
    raw = await request.body()
    try:
        return Verified(uses.signatures.verified(request, raw), raw)
    except Forged as forged:
        raise await run_sync(uses.refusals.refuse, str(forged), limiter=uses.webhook_threads) from None


Signed = Annotated[Verified, Depends(_verified)]


@router.post("/status/{token}", status_code=HTTPStatus.NO_CONTENT, summary="What became of an SMS")
async def status(token: str, signed: Signed, uses: Uses) -> None:
    """Store what Twilio says about one attempt, named by the token that travelled with it."""
    try:
        key = TwilioStatus.read(signed.form).dedupe_key
    except UnreadableReport:
        key = _unreadable(signed.raw)
    await uses.callbacks.keep(Arrival(TWILIO.source, key, "status", signed.raw, token_hash(token)))


@router.post("/inbound", summary="An SMS from a lead")
async def inbound(signed: Signed, uses: Uses) -> Response:
    """Store the reply. An opt-out is in effect before the answer. The answer is empty: Twilio itself confirms a STOP."""
    await _commit(uses, lambda session: _take_text(session, uses.ring, signed))
    return Response(EMPTY_TWIML, media_type="text/xml")


async def _commit(uses: Resources, effect: Callable[[Session], None]) -> None:
    """Do it in one transaction, on the threads and connections that are kept for web hooks."""

    def work() -> None:
        with transaction(uses.webhook_engine) as session:
            effect(session)

    await run_sync(twice, work, limiter=uses.webhook_threads)


def _take_text(session: Session, ring: KeyRing, signed: Verified) -> None:
    message_id, sender = signed.get("MessageSid"), signed.get("From")
    if not message_id or not sender:
        inbox_id = store_once(session, ring, TWILIO.source, _unreadable(signed.raw), "sms", signed.raw)
        if inbox_id is not None:
            set_aside(session, inbox_id, UNREADABLE, TWILIO)
        return
    verdict = signed.get("OptOutType") or None
    receive_text(session, ring, InboundText(message_id, sender.strip(), signed.get("Body"), verdict, signed.raw))


def _unreadable(raw: bytes) -> str:
    return f"{UNREADABLE_KEY}{hashlib.sha256(raw).hexdigest()}"
