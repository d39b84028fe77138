"""The link in an email by which its recipient opts out: one click, without a login (RFC 8058).

Only POST changes anything: mail filters follow links in messages, and that must not unsubscribe anybody.
"""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from models.database.engine import transaction
from models.database.permission import consent_desk
from models.database.permission.consent import ONE_CLICK, Address, Proof
from models.database.tables.ledger import Message
from models.terms import Channel
from models.unsubscribing import message_of
from starter.resources import Uses

_ANSWERS: dict[int | str, dict[str, Any]] = {
    HTTPStatus.NOT_FOUND: {"description": "The link is not one of ours.", "content": {"text/html": {}}}
}
router = APIRouter(prefix="/u", tags=["Unsubscribe"], default_response_class=HTMLResponse, responses=_ANSWERS)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}}
button{{font:inherit;padding:.6rem 1.2rem}}</style></head><body><main><h1>{title}</h1>{text}</main></body></html>"""
_ASK = _PAGE.format(
    title="Unsubscribe",
    text="<p>You will get no more of these emails.</p>"
    '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
    "<button>Unsubscribe</button></form>",
)
_DONE = _PAGE.format(title="You are unsubscribed", text="<p>We will not email this address again.</p>")
_UNKNOWN = _PAGE.format(title="This link does not work", text="<p>Please use the link as it is in the email.</p>")


@router.get("/{token}", summary="Ask whether to unsubscribe")
def ask(token: str, uses: Uses) -> HTMLResponse:
    """Show a button. Changes nothing."""
    if message_of(uses.callback_key, token) is None:
        return HTMLResponse(_UNKNOWN, HTTPStatus.NOT_FOUND)
    return HTMLResponse(_ASK)


@router.post("/{token}", summary="Unsubscribe")
def unsubscribe(token: str, request: Request, uses: Uses) -> HTMLResponse:
    """Opt the address of the email out of this client's emails, at once. Safe to repeat."""
    message_id = message_of(uses.callback_key, token)
    if message_id is None:
        return HTMLResponse(_UNKNOWN, HTTPStatus.NOT_FOUND)
    with transaction(uses.webhook_engine) as session:
        message = session.get(Message, message_id)
        if message is None or message.audience != "contact":
            return HTMLResponse(_UNKNOWN, HTTPStatus.NOT_FOUND)
        address = Address(message.client_id, Channel(message.channel), message.address_hash)
        if not consent_desk.is_opted_out(session, address):
            proof = Proof(ONE_CLICK, "recipient", f"{request.method} message/{message_id}")
            consent_desk.opt_out(session, address, proof)
    return HTMLResponse(_DONE)
