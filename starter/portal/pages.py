"""The portal: what was published to a client, for the people of that client, each by a link of their own."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Header, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from models.database.engine import transaction
from models.database.portal import preferences, reading, views
from models.database.portal.links import PATH
from models.portal.subscriptions import IN_WORDS, Subscription
from models.terms import Channel
from starter.portal.errors import Nothing, PortalRoute
from starter.portal.rendering import HEADERS, page
from starter.portal.visiting import PostId, Visits, published_post
from starter.resources import Uses

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=PortalRoute)
READ = ["GET", "HEAD"]
UserAgent = Annotated[str, Header(alias="User-Agent")]


@router.api_route("/{token}", methods=READ)
def enter(visit: Visits, uses: Uses) -> RedirectResponse:
    """Lead to the post that the link is for, or to the list if there is none or it was withdrawn."""
    leads_to = visit.visitor.post_id
    with uses.portal.of_client(visit.visitor.client_id) as session:
        is_there = leads_to is not None and reading.one(session, leads_to) is not None
    return _to(f"{visit.base}/posts/{leads_to}" if is_there else f"{visit.base}/posts")


@router.api_route("/{token}/posts", methods=READ)
def list_posts(visit: Visits, uses: Uses) -> HTMLResponse:
    """Show what was published, the newest first."""
    with uses.portal.of_client(visit.visitor.client_id) as session:
        posts = reading.published(session)
    return page("posts.html.jinja", visit=visit, here="posts", posts=posts)


@router.api_route("/{token}/posts/{post}", methods=READ)
def show(visit: Visits, post: PostId, uses: Uses, request: Request, user_agent: UserAgent = "") -> HTMLResponse:
    """Show one post; note that it was asked for."""
    found = published_post(uses, visit, post)
    with uses.portal.of_client(visit.visitor.client_id) as session:
        others = reading.thread_of(session, found)
    with transaction(uses.engine) as session:
        views.hit(session, visit.visitor, post, request.method, user_agent)
        confirmed_at = views.confirmed_at(session, visit.visitor, post)
    return page("post.html.jinja", visit=visit, here="post", post=found, others=others, confirmed_at=confirmed_at)


@router.post("/{token}/posts/{post}/seen")
def note_seen(visit: Visits, post: PostId, uses: Uses, user_agent: UserAgent = "") -> Response:
    """Take the word of our own script that the page was visible for three seconds."""
    published_post(uses, visit, post)
    with transaction(uses.engine) as session:
        views.viewed(session, visit.visitor, post, user_agent)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=HEADERS)


@router.post("/{token}/posts/{post}/read")
def confirm(visit: Visits, post: PostId, uses: Uses) -> RedirectResponse:
    """Note that the person says they have read it."""
    published_post(uses, visit, post)
    with transaction(uses.engine) as session:
        views.confirmed(session, visit.visitor, post)
    return _to(f"{visit.base}/posts/{post}")


@router.api_route("/{token}/preferences", methods=READ)
def show_preferences(visit: Visits, uses: Uses) -> HTMLResponse:
    """Show what is sent to this person and where. Changes nothing."""
    with transaction(uses.engine) as session:
        chosen = preferences.of(session, visit.visitor)
    return page("preferences.html.jinja", visit=visit, here="preferences", chosen=chosen, offered=IN_WORDS)


@router.post("/{token}/preferences")
def choose(visit: Visits, uses: Uses, receives: Annotated[list[str] | None, Form()] = None) -> RedirectResponse:
    """Set what is sent to this person."""
    wanted = [one for one in Subscription if one.value in (receives or ())]
    with transaction(uses.engine) as session:
        preferences.choose(session, visit.visitor, wanted)
    return _to(f"{visit.base}/preferences")


@router.post("/{token}/preferences/opt-out")
def opt_out(visit: Visits, uses: Uses, channel: Annotated[Channel, Form()]) -> RedirectResponse:
    """Send nothing more to one address of this person, from now on."""
    with transaction(uses.engine) as session:
        if not preferences.opt_out(session, visit.visitor, channel):
            raise Nothing
    return _to(f"{visit.base}/preferences")


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER, HEADERS)
