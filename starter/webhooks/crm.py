"""The CRM's web hooks: verify the raw bytes, keep them once, let them take effect, commit, answer 2xx.

What is refused: anything that is not signed as the CRM that is set up signs (403, all alike, nothing kept), and everything
while the database does not answer (503), so that the CRM brings it again.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from models.database.engine import transaction
from models.database.inbound import crm_reports
from models.outcomes.salesforce import ACK
from starter.problems import ProblemBody
from starter.resources import Resources, Uses
from starter.webhooks.committing import twice
from starter.webhooks.crm_signatures import check_hubspot, check_salesforce, check_web_hook
from starter.webhooks.signatures import Forged

router = APIRouter(
    prefix="/webhooks/crm",
    tags=["Web hooks"],
    responses={status: {"model": ProblemBody} for status in (403, 413, 503)},
)

Proof = TypeVar("Proof")


@router.post("/hubspot", status_code=HTTPStatus.NO_CONTENT, summary="What became of deals, from HubSpot")
async def hubspot(request: Request, uses: Uses) -> None:
    """Take in changes of deals: `dealstage`, `amount`, `deal_currency_code`, `closed_lost_reason`."""
    raw, stages = await request.body(), uses.settings.crm.stages
    await _verified(uses, lambda: check_hubspot(uses.settings, request, raw))
    await _commit(uses, lambda session: crm_reports.take_hubspot(session, uses.ring, raw, stages))


@router.post("/salesforce/{secret}", summary="What became of opportunities, from Salesforce")
async def salesforce(secret: str, request: Request, uses: Uses) -> Response:
    """Take in an outbound message. The answer is the acknowledgement that Salesforce waits for."""
    raw, currency = await request.body(), uses.settings.crm.currency
    await _verified(uses, lambda: check_salesforce(uses.settings, secret, raw))
    await _commit(uses, lambda session: crm_reports.take_salesforce(session, uses.ring, raw, currency))
    return Response(ACK, media_type="text/xml")


@router.post("/outcomes", status_code=HTTPStatus.NO_CONTENT, summary="What became of a lead, as a signed web hook")
async def outcomes(request: Request, uses: Uses) -> None:
    """Take in `lead.disposition_set`, signed as Standard Webhooks."""
    raw = await request.body()
    message_id = await _verified(uses, lambda: check_web_hook(uses.settings, request, raw))
    await _commit(uses, lambda session: crm_reports.take_web_hook(session, uses.ring, message_id, raw))


async def _verified(uses: Resources, check: Callable[[], Proof]) -> Proof:
    try:
        return check()
    except Forged as forged:
        raise await run_sync(uses.crm_refusals.refuse, str(forged), limiter=uses.webhook_threads) from None


async def _commit(uses: Resources, effect: Callable[[Session], None]) -> None:
    def work() -> None:
        with transaction(uses.webhook_engine) as session:
            effect(session)

    await run_sync(twice, work, limiter=uses.webhook_threads)
