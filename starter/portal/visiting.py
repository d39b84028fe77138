"""Who visits the portal: whoever shows a link that works. What they may read follows from that and from nothing else."""

import hashlib
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from models.database.engine import transaction
from models.database.portal import links, reading
from models.database.portal.links import PATH, Visitor
from models.database.tables.portal import PortalPost
from starter.portal.errors import Nothing, TooOften
from starter.resources import Uses


@dataclass(frozen=True, slots=True)
class Visit:
    """A request under a link that works."""

    visitor: Visitor
    base: str
    """The path of everything that this link opens."""

    @property
    def zone(self) -> str:
        """The client's IANA time zone, in which every moment is shown."""
        return self.visitor.time_zone


def _visit(token: str, request: Request, uses: Uses) -> Visit:
    address = request.client.host if request.client else ""
    # Not the token itself, which must not lie about in memory longer than the request.
    link = hashlib.sha256(token.encode(errors="replace")).hexdigest()
    if not uses.portal_limits.allows(link, address):
        raise TooOften
    with transaction(uses.engine) as session:
        visitor = links.visitor(session, token)
    if visitor is None:
        uses.portal_limits.opened_nothing(link, address)
        raise Nothing
    uses.portal_limits.opened(link)
    return Visit(visitor, f"{PATH}/{token}")


Visits = Annotated[Visit, Depends(_visit)]
"""A route parameter that gets whose link was shown; raises Nothing (404) if nobody's."""


def _post_id(post: str) -> UUID:
    try:
        return UUID(post)
    except ValueError:
        raise Nothing from None


PostId = Annotated[UUID, Depends(_post_id)]
"""The `post` of a path. What is no id is answered like an id of nothing."""


def published_post(uses: Uses, visit: Visit, post_id: UUID) -> PortalPost:
    """Return a post that the visitor may read. Raises Nothing: unknown, another client's, staged and withdrawn alike."""
    with uses.portal.of_client(visit.visitor.client_id) as session:
        found = reading.one(session, post_id)
    if found is None:
        raise Nothing
    return found
