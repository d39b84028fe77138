"""Who calls, and whether they may. Every route names the roles that may use it; a key shows who it is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from models.database import staff
from models.database.engine import transaction
from models.database.events import Origin
from models.database.tables.people import Client, Staff
from models.terms import Role
from starter.own_clients import refuse_of_others, refuse_what_is_not_theirs
from starter.problems import Problem
from starter.resources import Uses

bearer = HTTPBearer(auto_error=False, scheme_name="API key", description="The API key of a member of staff.")


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of staff who showed who they are."""

    handle: str
    roles: frozenset[Role]
    clients: frozenset[UUID] | None
    """The clients they work for; None: all, and what concerns all of them."""
    source: str = "api"
    """The way they came in: `api` with a key, `console` signed in in a browser."""

    @property
    def origin(self) -> Origin:
        """What events say about who asked."""
        return Origin(self.source, self.handle)

    def may(self, roles: frozenset[Role]) -> bool:
        """Return whether they have one of these roles."""
        return bool(self.roles & roles)

    def refuse_unless(self, roles: frozenset[Role]) -> None:
        """Raise Problem (403) unless they have one of these roles."""
        if not self.may(roles):
            raise Problem(HTTPStatus.FORBIDDEN, f"this needs the role {' or '.join(sorted(roles))}")

    @property
    def only(self) -> list[UUID] | None:
        """Their clients as queries take them; None for all."""
        return None if self.clients is None else sorted(self.clients)

    def refuse_unless_theirs(self, client: Client) -> None:
        """Raise Problem (403) unless they work for a client."""
        if self.clients is not None and client.id not in self.clients:
            raise Problem(HTTPStatus.FORBIDDEN, f"you do not work for {client.key}")

    def refuse_if_of_others(self, session: Session, kind: str, named: UUID) -> None:
        """Raise Problem (403) for a thing, such as a `run`, of a client for whom they do not work."""
        refuse_of_others(session, kind, named, self.handle, self.clients)

    def refuse_unless_for_all(self) -> None:
        """Raise Problem (403) unless they work for all clients."""
        if self.clients is not None:
            raise Problem(HTTPStatus.FORBIDDEN, "this concerns every client; whoever works for all of them does it")


def caller_from(row: Staff, source: str = "api") -> Caller:
    """Return a member of staff as the caller of a route."""
    known = frozenset(Role(role) for role in row.roles if role in set(Role))
    return Caller(row.handle, known, None if row.clients is None else frozenset(row.clients), source)


Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
"""The key that a request shows, if any."""


def caller_of(request: Request, uses: Uses, shown: Shown) -> Caller:
    """Return whose key is shown. Raises Problem: 401 if it is nobody's, 404 or 403 if the path names another client's."""
    if shown is not None:
        with transaction(uses.engine) as session:
            found = staff.by_api_key(session, shown.credentials)
            if found is not None:
                caller = caller_from(found)
                refuse_what_is_not_theirs(session, request, caller.handle, caller.clients)
                return caller
    sentence = "show the API key of an active member of staff: Authorization: Bearer <key>"
    raise Problem(HTTPStatus.UNAUTHORIZED, sentence, headers={"WWW-Authenticate": "Bearer"})


SALES_OPS = frozenset({Role.SALES_OPS})
APPROVER = frozenset({Role.APPROVER})
MAY_REVIEW = frozenset({Role.APPROVER, Role.PRIVACY_REVIEWER})
INCIDENT_OWNER = frozenset({Role.INCIDENT_OWNER})
MAY_RESOLVE = frozenset({Role.INCIDENT_OWNER, Role.APPROVER})
"""An approver may only agree to what an incident owner has asked for."""
MAY_RECOVER = frozenset({Role.ENGINEER, Role.INCIDENT_OWNER})
"""Compares the ledger with the providers, and lets sending go on after the database was restored."""
MAY_RULE = frozenset({Role.APPROVER, Role.INCIDENT_OWNER})
"""Enters and supersedes sending rules, and overrides one for a client."""
MAY_STOP = frozenset({Role.INCIDENT_OWNER, Role.SALES_OPS})
READ_POSTS = frozenset({Role.SALES_OPS, Role.APPROVER, Role.PRIVACY_REVIEWER, Role.INCIDENT_OWNER})
"""Posts are shown with what stays inside."""
MAY_PUBLISH = frozenset({Role.SALES_OPS, Role.APPROVER, Role.INCIDENT_OWNER})
"""Publishing takes both reviews besides; whoever corrects a post may not review that."""
MAY_READ_INBOUND = MAY_STOP
"""Inbound texts hold what people wrote."""
MAY_READ_DRAFTS = READ_POSTS
"""Those who write for clients, and those who review it. Drafts are internal."""
MAY_TRY_TEXTS = MAY_READ_DRAFTS
"""A text is shown as a lead would read it, and a test of it goes to whoever asks."""
READ_REPLIES = frozenset({Role.SALES_OPS, Role.INCIDENT_OWNER, Role.APPROVER})
"""Those who answer, and so may read what leads have written beside what became of them."""
MAY_RETRY_INBOUND = frozenset({Role.ENGINEER, Role.INCIDENT_OWNER, Role.SALES_OPS})
"""Whoever may read what came in, and the engineer, who is given what could not be taken in; it is not shown."""


def _one_of(roles: frozenset[Role]) -> Callable[[Caller], Awaitable[Caller]]:
    async def allowed(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        caller.refuse_unless(roles)
        return caller

    return allowed


Anybody = Annotated[Caller, Depends(caller_of)]
"""Any active member of staff."""
SalesOps = Annotated[Caller, Depends(_one_of(SALES_OPS))]
Approver = Annotated[Caller, Depends(_one_of(APPROVER))]
MayReview = Annotated[Caller, Depends(_one_of(MAY_REVIEW))]
IncidentOwner = Annotated[Caller, Depends(_one_of(INCIDENT_OWNER))]
MayResolve = Annotated[Caller, Depends(_one_of(MAY_RESOLVE))]
MayRecover = Annotated[Caller, Depends(_one_of(MAY_RECOVER))]
MayRule = Annotated[Caller, Depends(_one_of(MAY_RULE))]
MayStop = Annotated[Caller, Depends(_one_of(MAY_STOP))]
MayReadPosts = Annotated[Caller, Depends(_one_of(READ_POSTS))]
MayPublish = Annotated[Caller, Depends(_one_of(MAY_PUBLISH))]
MayReadInbound = Annotated[Caller, Depends(_one_of(MAY_READ_INBOUND))]
MayReadDrafts = Annotated[Caller, Depends(_one_of(MAY_READ_DRAFTS))]
MayReadOutputs = Anybody
"""Outputs and measures hold ids, states and figures, neither wording of leads nor addresses."""
MayTryTexts = Annotated[Caller, Depends(_one_of(MAY_TRY_TEXTS))]
MayRetryInbound = Annotated[Caller, Depends(_one_of(MAY_RETRY_INBOUND))]
