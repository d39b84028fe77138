"""Whether the service can take requests, and the way to its documentation."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from models.database.engine import transaction
from models.database.holds import holding
from models.reasons import WHY_HELD
from starter.resources import Uses

router = APIRouter(tags=["Health"])


class Health(BaseModel):
    """The service can take requests. Temporal is not asked: what needs it waits in the database."""

    status: Literal["ok"] = "ok"
    held_because: list[str] = Field(description="Why nothing may be sent to any contact now, in words; normally empty.")


@router.get("/health", summary="Can requests be taken?")
def health(uses: Uses) -> Health:
    """Ask the database; 503 if it does not answer. What holds all sending is told, and is no fault of this process."""
    with transaction(uses.engine) as session:
        reasons = holding(session, uses.settings.timers.inbound_silence, uses.settings.database.epoch)
    return Health(held_because=[WHY_HELD[reason] for reason in reasons])


@router.get("/", include_in_schema=False)
def home() -> RedirectResponse:
    """Lead to the documentation."""
    return RedirectResponse("/docs")
