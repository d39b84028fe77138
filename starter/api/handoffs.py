"""Leads that the CRM does not have yet, and offering them to it again."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from models.database import undelivered
from models.database.engine import transaction
from starter.callers import Anybody, MayStop
from starter.resources import Uses

router = APIRouter(prefix="/v1", tags=["Handoffs"])


class UndeliveredHandoff(BaseModel):
    """A lead that the CRM does not have."""

    run_id: UUID
    client: str
    owner: str
    state: str = Field(description="`prepared`: offered again by itself; `given_to_person`: given up.")
    tries: int = Field(description="Calls in a row that failed.")
    last_error: str
    prepared_at: datetime
    next_try_at: datetime | None = Field(description="Null if it is not offered again by itself.")


class Offered(BaseModel):
    """What asking came to."""

    changed: bool = Field(
        description="False if there is nothing to offer: the CRM has it, or it is on its way or void."
    )


@router.get("/handoffs/undelivered", summary="List leads that the CRM does not have")
def list_undelivered(caller: Anybody, uses: Uses) -> list[UndeliveredHandoff]:
    """Return leads that wait for the CRM and those that were given to a person, oldest first, at most 500."""
    with transaction(uses.engine) as session:
        found = undelivered.undelivered(session, caller.only)
    return [UndeliveredHandoff.model_validate(each, from_attributes=True) for each in found]


@router.post("/runs/{run_id}/hand-over", summary="Offer a lead to the CRM again")
def offer_again(run_id: UUID, caller: MayStop, uses: Uses) -> Offered:
    """Have a lead that was given up offered to the CRM again, within seconds. Its task closes when the CRM has it."""
    with transaction(uses.engine) as session:
        return Offered(changed=undelivered.offer_again(session, run_id, caller.origin))
