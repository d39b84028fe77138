"""The portal for programs: the published posts as JSON, with the fields of the pages and no others."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from models.database.portal import reading
from models.database.portal.links import PATH
from models.database.tables.portal import PortalPost
from models.portal.posts import PostKind
from starter.portal.errors import PortalRoute
from starter.portal.rendering import HEADERS
from starter.portal.visiting import Visits
from starter.resources import Uses

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=PortalRoute)


class Closed(BaseModel):
    """The base of every answer: a field that is not named here cannot leave."""

    model_config = ConfigDict(extra="forbid")


class FeedFigure(Closed):
    """A figure with its source, period, and the moment it was read."""

    label: str
    shown: str
    source: str
    period: str
    as_of: datetime
    basis: str


class FeedPost(Closed):
    """A published post."""

    id: UUID
    kind: PostKind
    title: str
    text: str
    as_of: datetime
    published_at: datetime
    corrected_at: datetime | None
    figures: list[FeedFigure]


class Feed(Closed):
    """What was published to a client, the newest first."""

    client: str
    posts: list[FeedPost]


@router.get("/{token}/posts.json")
def feed(visit: Visits, uses: Uses) -> JSONResponse:
    """Return what the list shows."""
    with uses.portal.of_client(visit.visitor.client_id) as session:
        shown = Feed(client=visit.visitor.client_name, posts=[_post(post) for post in reading.published(session)])
    return JSONResponse(shown.model_dump(mode="json"), headers=HEADERS)


def _post(post: PortalPost) -> FeedPost:
    return FeedPost.model_validate(
        {
            "id": post.id,
            "kind": post.kind,
            "title": post.title,
            "text": post.text,
            "as_of": post.as_of,
            "published_at": post.at,
            "corrected_at": post.corrected_at,
            "figures": post.figures,
        }
    )
