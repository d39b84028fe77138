"""Whether the service can take requests, and the way to its documentation."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from pydantic import BaseModel
from sqlalchemy import text

from starter.resources import Uses

router = APIRouter(tags=["Health"])


class Health(BaseModel):
    """The service can take requests. Temporal is not asked: what needs it waits in the database."""

    status: Literal["ok"] = "ok"


@router.get("/health", summary="Can requests be taken?")
def health(uses: Uses) -> Health:
    """Ask the database; 503 if it does not answer."""
    with uses.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return Health()


@router.get("/", include_in_schema=False)
def home() -> RedirectResponse:
    """Lead to the documentation."""
    return RedirectResponse("/docs")
