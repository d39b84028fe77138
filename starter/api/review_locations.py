"""Where the customers of a client leave reviews, and how they are asked for them."""

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, Field

from models.database.engine import transaction
from models.database.review_requests import locations
from models.digests.freshness import SourceStatus
from models.review_requests.eligibility import ASKED_AFTER, COOL_DOWN
from models.review_requests.pacing import ASKS_PER_DAY
from starter.api.fields import Key, Strict
from starter.api.scoped import client_addressed
from starter.callers import Anybody, SalesOps
from starter.resources import Uses

router = APIRouter(prefix="/v1/clients/{client}/review-locations", tags=["Review requests"])
_NOT_TO_BE_ASKED = ("yelp.com", "thumbtack.com", "angi.com", "homeadvisor.com")
_GOOGLE_NAME = re.compile(r"accounts/[0-9]{1,30}/locations/[0-9]{1,30}")


def _review_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme != "https" or "." not in host or parts.username:
        raise ValueError("give the whole address, with https://")
    if any(host == place or host.endswith(f".{place}") for place in _NOT_TO_BE_ASKED):
        raise ValueError("this platform does not allow this way of asking for reviews")
    return url


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("give an IANA time zone, such as America/Denver")
    return name


def _google_name(name: str) -> str:
    if name and not _GOOGLE_NAME.fullmatch(name):
        raise ValueError("give it as accounts/…/locations/…, with the ids of Google Business Profile")
    return name


class LocationBody(Strict):
    """One location of a client."""

    review_url: Annotated[str, AfterValidator(_review_url)] = Field(
        max_length=500, examples=["https://g.page/r/acme/review"], description="Where everybody's link leads."
    )
    google_name: Annotated[str, AfterValidator(_google_name)] = Field(
        "",
        examples=["accounts/1/locations/2"],
        description="At Google Business Profile; empty: its reviews are not read.",
    )
    time_zone: Annotated[str, AfterValidator(_zone)] | None = Field(None, description="The client's if left out.")
    asks_per_day: int = Field(
        ASKS_PER_DAY, ge=1, le=100, description="How many customers are asked on one day at most."
    )
    ask_after: timedelta = Field(
        ASKED_AFTER,
        ge=timedelta(minutes=90),
        le=timedelta(hours=24),
        description="How long after the end of a job its customer is asked: 90 minutes to 24 hours.",
    )
    cool_down: timedelta = Field(
        COOL_DOWN,
        ge=timedelta(days=90),
        le=timedelta(days=180),
        description="How long a customer is left alone after having been asked: 90 to 180 days.",
    )
    thanks: bool = Field(
        False,
        description="Thank whoever has left a review, whatever it says, if their job has had fewer than two messages.",
    )


class LocationLine(BaseModel, from_attributes=True):
    """A location as stored, and how well its reviews can be read."""

    id: UUID
    key: str
    review_url: str
    google_name: str
    time_zone: str
    asks_per_day: int
    ask_after: timedelta
    cool_down: timedelta
    thanks: bool
    read_state: SourceStatus
    read_through: datetime | None = Field(description="Every review changed up to then is known.")
    read_at: datetime | None
    read_problem: str = Field(description="Why the newest try failed, as a code; empty if it did not.")


@router.put(
    "/{location}", status_code=HTTPStatus.CREATED, summary="Enter a location", responses={200: {"model": LocationLine}}
)
def enter(
    client: Key, location: Key, body: LocationBody, caller: SalesOps, uses: Uses, response: Response
) -> LocationLine:
    """Enter a location under its key: 201. If there is one, change the fields that are given and no other: 200."""
    given = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    with transaction(uses.engine) as session:
        business = client_addressed(session, caller, client)
        row, created = locations.put(session, business, location, given, caller.handle)
        line = LocationLine.model_validate(row)
    if not created:
        response.status_code = HTTPStatus.OK
    return line


@router.get("", summary="List the locations of a client")
def list_locations(client: Key, caller: Anybody, uses: Uses) -> list[LocationLine]:
    """Return where the customers of a client leave reviews, by key."""
    with transaction(uses.engine) as session:
        found = locations.of_client(session, client_addressed(session, caller, client).id)
        return [LocationLine.model_validate(row) for row in found]
