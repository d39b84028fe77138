"""QuickBooks' web hook: verified, stored once, answered. It says that books have changed; figures are read from the books.

`intuit-signature` is the base64 of HMAC-SHA256 of the raw body under the app's verifier token:
https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks. It must be answered 200 within three seconds.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from http import HTTPStatus

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import SecretStr

from models.database.engine import transaction
from models.database.reports import changes
from starter.problems import ProblemBody
from starter.resources import Uses
from starter.webhooks.committing import twice

router = APIRouter(
    prefix="/webhooks/quickbooks",
    tags=["Web hooks"],
    responses={status: {"model": ProblemBody} for status in (403, 413, 503)},
)


@router.post("", summary="Something in a client's books has changed", status_code=HTTPStatus.OK)
async def receive(request: Request, uses: Uses) -> dict[str, str]:
    """Note whose books have changed; both of Intuit's shapes are understood. The same again changes nothing."""
    raw = await request.body()
    if not is_signed(raw, request.headers.get("intuit-signature", ""), uses.settings.quickbooks.verifier_tokens):
        raise await run_sync(uses.quickbooks_refusals.refuse, "wrong_signature", limiter=uses.webhook_threads)

    def work() -> None:
        with transaction(uses.webhook_engine) as session:
            changes.receive(session, uses.ring, raw)

    await run_sync(twice, work, limiter=uses.webhook_threads)
    return {"status": "received"}


def is_signed(raw: bytes, given: str, verifiers: Sequence[SecretStr]) -> bool:
    """Return whether one of the verifier tokens signed the body, in a time that tells nothing."""
    signatures = (hmac.new(one.get_secret_value().encode(), raw, hashlib.sha256).digest() for one in verifiers)
    return any(hmac.compare_digest(given.encode(errors="replace"), base64.b64encode(one)) for one in signatures)
