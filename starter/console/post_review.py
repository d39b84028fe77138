"""The redaction view for whoever is signed in: what a client will see beside what stays inside. It changes nothing."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from models.database.engine import transaction
from models.database.portal.redaction import redaction
from starter.console.routing import PageRoute
from starter.console.visiting import MayReadPosts
from starter.portal.redaction import redaction_page
from starter.resources import Uses

router = APIRouter(prefix="/review/posts", include_in_schema=False, route_class=PageRoute)


@router.get("/{post_id}")
def see(post_id: UUID, visit: MayReadPosts, uses: Uses) -> Response:
    """Show a post from both sides to somebody who may read it."""
    with transaction(uses.engine) as session:
        return redaction_page(redaction(session, post_id))
