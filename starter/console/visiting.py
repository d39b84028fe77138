"""Who looks at a page: whoever is signed in in this browser, with the roles and clients that the API gives them.

The names of the dependencies are those of `starter.callers`, and mean the same roles.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from sqlmodel import Session

from models.database.engine import transaction
from models.database.tables.people import Staff
from models.terms import Role
from starter import callers
from starter.callers import Caller, caller_from
from starter.console.flash import SAID
from starter.console.navigation import HOME, Entry
from starter.console.waiting import waiting_for
from starter.own_clients import refuse_what_is_not_theirs
from starter.resources import Uses
from starter.signed_in import Browsing

SOURCE = "console"


class NobodySignedIn(Exception):
    """The page is for staff. `onward` is where to go once signed in."""

    def __init__(self, onward: str) -> None:
        super().__init__("nobody is signed in")
        self.address = f"/sign-in?onward={quote(onward, safe='/')}"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is signed in."""

    caller: Caller
    csrf: str
    """What every form sends along."""
    path: str = HOME
    zone: str = "UTC"
    """The IANA zone in which moments are shown."""
    said: str = ""
    """What the step before has done, in a sentence."""
    menu: tuple[Entry, ...] = ()
    waits: int = 0
    """How many things wait for this person."""

    @property
    def handle(self) -> str:
        """Who it is."""
        return self.caller.handle


def visit_if_any(request: Request, browser: Browsing, uses: Uses) -> Visit | None:
    """Return the visit of whoever is signed in, or None."""
    if browser.handle is None:
        return None
    with transaction(uses.engine) as session:
        row = session.get_one(Staff, browser.handle)
        caller = caller_from(row, SOURCE)
        # A page that renews itself keeps its menu.
        live = "hx-request" in request.headers
        waits = 0 if live else _how_many_wait(session, caller)
    visit = Visit(
        caller=caller,
        csrf=browser.csrf,
        path=request.url.path,
        zone=uses.settings.console.time_zone,
        said="" if live else str(SAID.read(request, uses) or ""),
        menu=request.app.state.console_menu,
        waits=waits,
    )
    request.state.visit = visit  # before anything is refused, so that the page that says so has a menu
    with transaction(uses.engine) as session:
        refuse_what_is_not_theirs(session, request, caller.handle, caller.clients)
    return visit


def counted_anew(session: Session, visit: Visit) -> Visit:
    """Return the visit with what waits now, after something that waited was done in the same request."""
    return replace(visit, waits=_how_many_wait(session, visit.caller))


def _how_many_wait(session: Session, caller: Caller) -> int:
    return sum(one.mine for one in waiting_for(session, caller))


MaybeVisit = Annotated[Visit | None, Depends(visit_if_any)]
"""Whoever is signed in, or None: for pages that are for everybody."""


def visit_of(request: Request, visit: MaybeVisit) -> Visit:
    """Return the visit. Raises NobodySignedIn."""
    if visit is not None:
        return visit
    asked = request.url
    reads = request.method in ("GET", "HEAD")
    raise NobodySignedIn((f"{asked.path}?{asked.query}" if asked.query else asked.path) if reads else HOME)


NEEDED: dict[Callable[..., Visit], frozenset[Role]] = {}
"""The roles that a dependency asks for, so that every route can be held to them."""


def _one_of(roles: frozenset[Role]) -> Callable[[Visit], Visit]:
    def allowed(visit: Annotated[Visit, Depends(visit_of)]) -> Visit:
        visit.caller.refuse_unless(roles)
        return visit

    NEEDED[allowed] = roles
    return allowed


Anybody = Annotated[Visit, Depends(visit_of)]
"""Any active member of staff."""
SalesOps = Annotated[Visit, Depends(_one_of(callers.SALES_OPS))]
Approver = Annotated[Visit, Depends(_one_of(callers.APPROVER))]
MayReview = Annotated[Visit, Depends(_one_of(callers.MAY_REVIEW))]
IncidentOwner = Annotated[Visit, Depends(_one_of(callers.INCIDENT_OWNER))]
MayResolve = Annotated[Visit, Depends(_one_of(callers.MAY_RESOLVE))]
MayRecover = Annotated[Visit, Depends(_one_of(callers.MAY_RECOVER))]
MayRule = Annotated[Visit, Depends(_one_of(callers.MAY_RULE))]
MayStop = Annotated[Visit, Depends(_one_of(callers.MAY_STOP))]
MayReadPosts = Annotated[Visit, Depends(_one_of(callers.READ_POSTS))]
MayPublish = Annotated[Visit, Depends(_one_of(callers.MAY_PUBLISH))]
MayReadInbound = Annotated[Visit, Depends(_one_of(callers.MAY_READ_INBOUND))]
MayReadDrafts = Annotated[Visit, Depends(_one_of(callers.MAY_READ_DRAFTS))]
MayTryTexts = Annotated[Visit, Depends(_one_of(callers.MAY_TRY_TEXTS))]
MayReadOutputs = Anybody
MayRetryInbound = Annotated[Visit, Depends(_one_of(callers.MAY_RETRY_INBOUND))]
