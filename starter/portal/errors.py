"""What the portal answers when it shows nothing: always the same few sentences, and a reference to quote."""

import logging
import traceback
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from starter.portal.rendering import page

log = logging.getLogger(__name__)
_AWAY = (OperationalError, InterfaceError, PoolExhausted)


class Nothing(Exception):
    """There is nothing to show. Why is not said: an answer must not tell which links and posts there are."""


class TooOften(Exception):
    """A link is used more often than people do."""


class PortalRoute(APIRoute):
    """A route whose every error is a page for a client, without a word of what went wrong inside."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route with that around it."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await answer(request)
            except (Nothing, RequestValidationError, HTTPException):
                return nothing()
            except TooOften:
                return _page(HTTPStatus.TOO_MANY_REQUESTS, "Please wait a minute", "Then load this page again.", "60")
            except _AWAY as error:
                log.error("the portal has no database", extra={"error": type(error).__name__})
                return _page(
                    HTTPStatus.SERVICE_UNAVAILABLE, "We will be back soon", "Please load this page again.", "5"
                )
            except Exception as error:
                return _failed(error)

        return guarded


def nothing() -> HTMLResponse:
    """Return what every link and address that opens nothing is answered with."""
    return _page(
        HTTPStatus.NOT_FOUND,
        "This page is not available",
        "Please use the newest link that we have sent you, or ask us for a new one.",
    )


def _failed(error: Exception) -> HTMLResponse:
    reference = uuid4().hex[:12]
    # The text of an error may hold what a person wrote, so only its class and its places are logged.
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = ", ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
    facts = {"reference": reference, "error": type(error).__name__, "places": places}
    log.error("a page of the portal failed unexpectedly", extra=facts)
    text = f"Please try again later. If you write to us about it, quote the reference {reference}."
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side", text)


def _page(status: HTTPStatus, title: str, text: str, retry_after: str | None = None) -> HTMLResponse:
    headers = {"Retry-After": retry_after} if retry_after else None
    return page("notice.html.jinja", status, headers, title=title, text=text)
