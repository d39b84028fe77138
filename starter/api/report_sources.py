"""Sources of figures: which accounts of a client we may read, and how fresh each is."""

import re
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, SecretStr

from models.database.engine import transaction
from models.database.reports import connections, standings
from models.database.reports.connections import Account
from models.digests.sources import IN_WORDS, SourceName
from starter.api.fields import Key, Strict
from starter.api.scoped import client_addressed
from starter.callers import Anybody, SalesOps
from starter.problems import Problem, field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/clients/{client}/report-sources", tags=["Reports"])
Connectable = Literal[SourceName.SEARCH_CONSOLE, SourceName.QUICKBOOKS]
Location = Annotated[
    str, Field(pattern=r"^[a-z0-9-]{0,40}$", description="Which place it covers; empty for all of them.")
]
_ACCOUNTS = {SourceName.SEARCH_CONSOLE: r"(sc-domain:|https?://)\S+", SourceName.QUICKBOOKS: r"\d{1,20}"}

_OF_STANDING = {
    "location", "status", "complete_through", "coverage", "synced_at", "tried_at", "problem", "changed_at",
}  # fmt: skip


class ConnectionBody(Strict):
    """The account, and the right to read it that the client has given in the vendor's consent page."""

    account: Annotated[str, Field(max_length=300, examples=["sc-domain:acme.example", "9130347957983546"])]
    refresh_token: SecretStr = Field(min_length=8, max_length=2000, description="OAuth refresh token; stored sealed.")
    location: Location = ""


class SourceView(BaseModel):
    """How one source of a client stands."""

    source: SourceName
    in_words: str
    location: str
    account: str | None
    connected_by: str | None
    connected_at: datetime | None
    status: str = Field(description="fresh, lagging, stale, partial, auth_lost or not_connected; as of the newest try.")
    complete_through: date | None = Field(description="The last day, in the client's zone, that is complete.")
    coverage: float = Field(description="Share of the newest period that it covers, 0 to 1.")
    synced_at: datetime | None
    tried_at: datetime | None
    problem: str = Field(description="Why the newest try failed, as a code; empty if it did not.")
    changed_at: datetime | None = Field(description="When the source last said that something had changed.")


@router.get("", summary="How the sources of a client stand")
def list_sources(client: Key, caller: Anybody, uses: Uses) -> list[SourceView]:
    """Return every source that was ever connected or read, with how fresh it is. Tokens are never shown."""
    with transaction(uses.engine) as session:
        business = client_addressed(session, caller, client)
        accounts = {(one.source, one.location): one for one in connections.of_client(session, business.id)}
        return [
            SourceView(
                source=SourceName(row.source),
                in_words=IN_WORDS[SourceName(row.source)],
                account=account.account if account else None,
                connected_by=account.connected_by if account else None,
                connected_at=account.connected_at if account else None,
                **row.model_dump(include=_OF_STANDING),
            )
            for row in standings.of_client(session, business.id)
            for account in [accounts.get((row.source, row.location))]
        ]


@router.put("/{source}", summary="Connect a source", status_code=HTTPStatus.NO_CONTENT)
def connect(client: Key, source: Connectable, body: ConnectionBody, caller: SalesOps, uses: Uses) -> None:
    """Connect an account, or connect it anew after its access was lost. Digests that wait for it go on by themselves."""
    name = SourceName(source)
    if not re.fullmatch(_ACCOUNTS[name], body.account):
        raise field_problem("account", f"not an account of {IN_WORDS[name]}; see the examples")
    with transaction(uses.engine) as session:
        business = client_addressed(session, caller, client)
        given = Account(business.id, name, body.location, body.account, body.refresh_token.get_secret_value())
        connections.connect(session, given, uses.ring, caller.origin, caller.handle)


@router.delete("/{source}", summary="Disconnect a source", status_code=HTTPStatus.NO_CONTENT)
def disconnect(
    client: Key, source: Connectable, caller: SalesOps, uses: Uses, location: Annotated[str, Query(max_length=40)] = ""
) -> None:
    """Give up the right to read an account: its token is erased. What was read stays. Safe to repeat."""
    with transaction(uses.engine) as session:
        business = client_addressed(session, caller, client)
        found = connections.find(session, business.id, SourceName(source), location)
        if found is None:
            raise Problem(
                HTTPStatus.NOT_FOUND, f"this source was never connected; see GET /v1/clients/{client}/report-sources"
            )
        connections.disconnect(session, found.id, caller.origin, caller.handle)
