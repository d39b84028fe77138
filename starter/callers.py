"""Who calls, and whether they may. Every route names the roles that may use it; a key shows who it is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from models.database import staff
from models.database.engine import transaction
from models.database.events import Origin
from models.terms import Role
from starter.problems import Problem
from starter.resources import Uses

bearer = HTTPBearer(auto_error=False, scheme_name="API key", description="The API key of a member of staff.")


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of staff who showed their key."""

    handle: str
    roles: frozenset[Role]

    @property
    def origin(self) -> Origin:
        """What events say about who asked."""
        return Origin("api", self.handle)


Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
"""The key that a request shows, if any."""


def caller_of(uses: Uses, shown: Shown) -> Caller:
    """Return whose key is shown. Raises Problem (401) if it is nobody's."""
    if shown is not None:
        with transaction(uses.engine) as session:
            found = staff.by_api_key(session, shown.credentials)
        if found is not None:
            known = frozenset(Role(role) for role in found.roles if role in set(Role))
            return Caller(found.handle, known)
    sentence = "show the API key of an active member of staff: Authorization: Bearer <key>"
    raise Problem(HTTPStatus.UNAUTHORIZED, sentence, headers={"WWW-Authenticate": "Bearer"})


def _one_of(*roles: Role) -> Callable[[Caller], Awaitable[Caller]]:
    async def allowed(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if not caller.roles.intersection(roles):
            raise Problem(HTTPStatus.FORBIDDEN, f"this needs the role {' or '.join(roles)}")
        return caller

    return allowed


Anybody = Annotated[Caller, Depends(caller_of)]
"""Any active member of staff."""
SalesOps = Annotated[Caller, Depends(_one_of(Role.SALES_OPS))]
Approver = Annotated[Caller, Depends(_one_of(Role.APPROVER))]
MayReview = Annotated[Caller, Depends(_one_of(Role.APPROVER, Role.PRIVACY_REVIEWER))]
IncidentOwner = Annotated[Caller, Depends(_one_of(Role.INCIDENT_OWNER))]
MayResolve = Annotated[Caller, Depends(_one_of(Role.INCIDENT_OWNER, Role.APPROVER))]
"""An approver may only agree to what an incident owner has asked for."""
MayRecover = Annotated[Caller, Depends(_one_of(Role.ENGINEER, Role.INCIDENT_OWNER))]
"""Compares the ledger with the providers, and lets sending go on after the database was restored."""
MayRule = Annotated[Caller, Depends(_one_of(Role.APPROVER, Role.INCIDENT_OWNER))]
"""Enters and supersedes sending rules, and overrides one for a client."""
MayStop = Annotated[Caller, Depends(_one_of(Role.INCIDENT_OWNER, Role.SALES_OPS))]
READ_POSTS = frozenset({Role.SALES_OPS, Role.APPROVER, Role.PRIVACY_REVIEWER, Role.INCIDENT_OWNER})
"""Posts are shown with what stays inside."""
MayReadPosts = Annotated[Caller, Depends(_one_of(*sorted(READ_POSTS)))]
MayPublish = Annotated[Caller, Depends(_one_of(Role.SALES_OPS, Role.APPROVER, Role.INCIDENT_OWNER))]
"""Publishing takes both reviews besides; whoever corrects a post may not review that."""
MayReadInbound = MayStop
"""Inbound texts hold what people wrote."""
MayReadDrafts = Annotated[
    Caller, Depends(_one_of(Role.SALES_OPS, Role.APPROVER, Role.INCIDENT_OWNER, Role.PRIVACY_REVIEWER))
]
"""Those who write for clients, and those who review it. Drafts are internal."""
MayReadOutputs = Anybody
"""Outputs and measures hold ids, states and figures, neither wording of leads nor addresses."""
MayTryTexts = MayReadDrafts
"""A text is shown as a lead would read it, and a test of it goes to whoever asks."""
READ_REPLIES = frozenset({Role.SALES_OPS, Role.INCIDENT_OWNER, Role.APPROVER})
"""Those who answer, and so may read what leads have written beside what became of them."""
MayRetryInbound = Annotated[Caller, Depends(_one_of(Role.ENGINEER, Role.INCIDENT_OWNER, Role.SALES_OPS))]
"""Whoever may read what came in, and the engineer, who is given what could not be taken in; it is not shown."""
