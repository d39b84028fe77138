"""Twilio's web hooks: verify, store once with what it changes, commit, answer. A relay nudges the workflow afterwards."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from models.database.callbacks import UNKNOWN_TOKEN, UNREADABLE, apply_callback, set_aside
from models.database.engine import transaction
from models.database.evidence import Finding
from models.database.inbox import TWILIO, InboundText, receive_text, store_once
from models.delivery import from_twilio
from models.failure_classes import sms_failure_class
from models.sealing import KeyRing
from models.terms import AttemptOutcome, EvidenceSource
from starter.problems import ProblemBody
from starter.resources import Resources, Uses
from starter.webhooks.signatures import Forged, Form

router = APIRouter(
    prefix="/webhooks/twilio",
    tags=["Web hooks"],
    responses={403: {"model": ProblemBody}, 503: {"model": ProblemBody}},
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
    await _commit(uses, lambda session: _take_status(session, uses.ring, token, signed))


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

    def work_or_repeat() -> None:
        try:
            work()
        except OperationalError:
            # A restarted database or a deadlock. Everything here is stored once: a repetition can change nothing more.
            work()

    await run_sync(work_or_repeat, limiter=uses.webhook_threads)


def _take_status(session: Session, ring: KeyRing, token: str, signed: Verified) -> None:
    message_id, news, code = signed.get("MessageSid"), signed.get("MessageStatus"), signed.get("ErrorCode")
    if not message_id or not news:
        _keep_unreadable(session, ring, "status", signed.raw)
        return
    inbox_id = store_once(session, ring, TWILIO.source, f"{message_id}|{news}|{code}", "status", signed.raw)
    if inbox_id is None:
        return
    delivery = from_twilio(news)
    failed = delivery is not None and delivery.is_failure
    finding = Finding(
        EvidenceSource.CALLBACK,
        # Whatever the status is, Twilio reports only on what it has accepted.
        AttemptOutcome.ACCEPTED,
        f"{news}/{code}" if code else news,
        message_id,
        delivery,
        sms_failure_class(int(code) if code.isascii() and code.isdigit() else None) if failed else None,
    )
    if not apply_callback(session, token, finding, TWILIO):
        set_aside(session, inbox_id, UNKNOWN_TOKEN, TWILIO)


def _take_text(session: Session, ring: KeyRing, signed: Verified) -> None:
    message_id, sender = signed.get("MessageSid"), signed.get("From")
    if not message_id or not sender:
        _keep_unreadable(session, ring, "sms", signed.raw)
        return
    verdict = signed.get("OptOutType") or None
    receive_text(session, ring, InboundText(message_id, sender.strip(), signed.get("Body"), verdict, signed.raw))


def _keep_unreadable(session: Session, ring: KeyRing, kind: str, raw: bytes) -> None:
    key = f"unreadable|{hashlib.sha256(raw).hexdigest()}"
    inbox_id = store_once(session, ring, TWILIO.source, key, kind, raw)
    if inbox_id is not None:
        set_aside(session, inbox_id, UNREADABLE, TWILIO)
