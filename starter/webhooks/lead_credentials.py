"""Whether a lead web hook comes from the account in its address. Every comparison takes a time that tells nothing."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from starlette.requests import Request

from models.database.leads.accounts import Credential
from models.leads import payload
from models.leads.event import UnreadableLead
from models.leads.terms import Way
from models.settings import Settings
from starter.problems import Problem
from starter.webhooks import standard_webhooks
from starter.webhooks.signatures import Forged, TwilioSignatures

TOKEN_LENGTH = 22


def address_token(key: bytes, way: Way, account: str, version: int) -> str:
    """Return the part of a web hook's address that nobody can guess: 22 URL-safe characters."""
    digest = hmac.new(key, f"lead-source|{way}|{account}|{version}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:TOKEN_LENGTH]


def address_path(key: bytes, way: Way, account: str, version: int) -> str:
    """Return the path at which this account's source calls us."""
    return f"/webhooks/leads/{way}/{account}.{address_token(key, way, account, version)}"


def is_from(way: Way, request: Request, raw: bytes, credentials: Sequence[Credential], settings: Settings) -> bool:
    """Return whether one of the credentials proves where a request comes from."""
    match way:
        case Way.TWILIO_VOICE:
            return _signed_by_twilio(request, raw, credentials, settings)
        case Way.CALLRAIL:
            given = request.headers.get("signature", "").strip()
            return any(hmac.compare_digest(given.encode(), _callrail(secret, raw)) for secret in credentials)
        case Way.THUMBTACK:
            return _shown(_basic(request.headers.get("authorization", "")), credentials)
        case Way.ANGI:
            return _shown(request.headers.get("x-api-key", ""), credentials)
        case Way.GOOGLE_ADS:
            return _shown(_google_key(raw), credentials)
        case Way.WEB_FORM:
            return any(
                standard_webhooks.is_signed(request.headers, raw, credential.secret.decode())
                for credential in credentials
            )
        case _:
            return False


def _signed_by_twilio(request: Request, raw: bytes, credentials: Sequence[Credential], settings: Settings) -> bool:
    tokens = [credential.secret.decode() for credential in credentials]
    if not tokens:
        return False
    try:
        TwilioSignatures(settings, tokens).verified(request, raw)
    except (Forged, Problem):  # no form at all is answered like any other forgery
        return False
    return True


def _callrail(credential: Credential, raw: bytes) -> bytes:
    # SHA-1 is CallRail's choice: https://support.callrail.com/hc/en-us/articles/5711246459149-Webhooks
    return base64.b64encode(hmac.new(credential.secret, raw, hashlib.sha1).digest())


def _shown(secret: str, credentials: Sequence[Credential]) -> bool:
    return bool(secret) and any(credential.is_shown_by(secret) for credential in credentials)


def _basic(header: str) -> str:
    """Return `user:password` of a Basic authorization; empty if it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _google_key(raw: bytes) -> str:
    try:
        return payload.written(payload.json_object(raw), "google_key")
    except UnreadableLead:
        return ""
