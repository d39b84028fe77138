"""Lead web hooks: one address per account of a source, each with its own credential.

A request that shows a good credential is always kept and answered 2xx, readable or not: a repetition would bring the same
bytes, which are kept already, and vendors switch off an address that refuses. What is refused:

* an unknown account, a wrong address, a wrong credential: 403, all alike, nothing kept;
* a body above the limit: 413;
* while the database does not answer: 503, so that whoever repeats brings it again.

How the sources take the answer: Twilio plays what a `<Dial action>` answers to the caller, hence an empty TwiML. Angi wants
`{"status": "success"}`. Thumbtack and CallRail want any 2xx. A web form gets the id, to quote it.
"""

import hmac
import re
from http import HTTPStatus

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from models.database.engine import transaction
from models.database.leads import accounts, web_hooks
from models.database.leads.target import target_of
from models.database.tables.leads import LeadEventRow, SourceAccount
from models.leads.terms import BY_WEB_HOOK, Way
from starter.postal_codes import region_of
from starter.problems import documented
from starter.resources import Resources, Uses
from starter.webhooks.committing import twice
from starter.webhooks.lead_credentials import address_token, is_from
from starter.webhooks.signatures import Forged
from starter.webhooks.twilio import EMPTY_TWIML

router = APIRouter(
    prefix="/webhooks/leads",
    tags=["Web hooks"],
    responses=documented(403, 413, 503),
)
MAY_BE_LARGE = tuple(f"{router.prefix}/{way}/" for way in (Way.ANGI, Way.THUMBTACK, Way.CALLRAIL))
"""What the paths of those sources begin with that send interviews, attachments or transcripts along."""
_ADDRESS = re.compile(r"([a-z0-9][a-z0-9_-]{0,63})\.([A-Za-z0-9_-]{22})")


@router.post("/{way}/{address}", summary="A lead event", status_code=HTTPStatus.OK)
async def receive(way: str, address: str, request: Request, uses: Uses) -> Response:
    """Keep what a source has sent and let it take effect. The answer is what that source expects."""
    raw = await request.body()
    taken: list[LeadEventRow] = []

    def work() -> None:
        with transaction(uses.webhook_engine) as session:
            account = _verified(session, uses, way, address, request, raw)
            taken[:] = [web_hooks.receive(session, uses.ring, target_of(session, account), raw, region_of)]

    try:
        await run_sync(twice, work, limiter=uses.webhook_threads)
    except Forged as forged:
        raise await run_sync(uses.lead_refusals.refuse, str(forged), limiter=uses.webhook_threads) from None
    return _answer(taken[0])


def _verified(
    session: Session, uses: Resources, written: str, address: str, request: Request, raw: bytes
) -> SourceAccount:
    """Return whose address and credential these are. Raises Forged, which does not tell a caller which was wrong."""
    named = _ADDRESS.fullmatch(address)
    if written not in BY_WEB_HOOK or named is None:
        raise Forged("no_such_address")
    way = Way(written)
    account = accounts.find(session, way, named[1])
    if account is None or not account.enabled:
        raise Forged("no_such_account")
    token = address_token(uses.callback_key, way, account.account, account.address_version)
    if not _same(token, named[2]):
        raise Forged("wrong_address")
    if not is_from(way, request, raw, accounts.credentials_of(session, account, uses.ring), uses.settings):
        raise Forged("wrong_credential")
    return account


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _answer(row: LeadEventRow) -> Response:
    match Way(row.way):
        case Way.TWILIO_VOICE:
            return Response(EMPTY_TWIML, media_type="text/xml")
        case Way.ANGI:
            return JSONResponse({"status": "success"})
        case Way.WEB_FORM:
            return JSONResponse({"id": str(row.id)}, HTTPStatus.ACCEPTED)
        case _:
            return JSONResponse({"status": "received"})
