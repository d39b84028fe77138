"""Routes of pages: every error is a page with its sentence, and no form is taken that a page of ours has not sent."""

import logging
import traceback
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response, params
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from models.errors import UnknownRecord
from starter.console.flash import SAID, Back
from starter.console.forms import sent
from starter.console.frame import page
from starter.console.navigation import HOME
from starter.console.visiting import NobodySignedIn, Visit
from starter.problems import Problem, invalid, unavailable

log = logging.getLogger(__name__)
_AWAY = (OperationalError, InterfaceError, PoolExhausted)
_TITLES = {
    HTTPStatus.FORBIDDEN: "You may not do this",
    HTTPStatus.NOT_FOUND: "There is no such page",
    HTTPStatus.CONFLICT: "It is no longer possible",
    HTTPStatus.GONE: "It is no longer possible",
    HTTPStatus.TOO_MANY_REQUESTS: "Please wait a little",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database does not answer",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side",
}


class PageRoute(APIRoute):
    """A route of pages. Whoever must be signed in and is not is led to the sign-in, and back afterwards."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route with that around it."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                response = await answer(request)
            except NobodySignedIn as nobody:
                return _to_sign_in(request, nobody)
            except Exception as error:
                response = _problem_page(request, _problem_of(error))
            return _with_flash(request, response)

        return guarded


class ConsoleRoute(PageRoute):
    """A route of the console: whatever may change something asks first whether a page of ours has sent it."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        dependencies: Sequence[params.Depends] | None = None,
        methods: set[str] | list[str] | None = None,
        **rest: Any,
    ) -> None:
        changes = not {method.upper() for method in methods or ("GET",)} <= {"GET", "HEAD"}
        needed = [*(dependencies or ()), *([Depends(sent)] if changes else ())]
        super().__init__(path, endpoint, dependencies=needed, methods=methods, **rest)


def console_router() -> APIRouter:
    """Return a router for pages of the console; its paths are complete, such as `/console/runs`."""
    return APIRouter(include_in_schema=False, route_class=ConsoleRoute)


def _to_sign_in(request: Request, nobody: NobodySignedIn) -> Response:
    if "hx-request" in request.headers:
        # A page that renews itself would swap the sign-in into itself.
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": nobody.address})
    return RedirectResponse(nobody.address, HTTPStatus.SEE_OTHER)


def _problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case UnknownRecord():
            return Problem(HTTPStatus.NOT_FOUND, str(error))
        case RequestValidationError():
            return invalid(error)
        case HTTPException():
            return Problem(HTTPStatus(error.status_code), str(error.detail))
    if isinstance(error, _AWAY):
        log.error("the console has no database", extra={"error": type(error).__name__})
        return unavailable()
    reference = uuid4().hex[:12]
    # The text of an error may hold what a person wrote, so only its class and its places are logged.
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = ", ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
    log.error(
        "a page of the console failed unexpectedly",
        extra={"reference": reference, "error": type(error).__name__, "places": places},
    )
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, f"try it again; if it fails again, quote reference {reference} to an engineer"
    )


def _problem_page(request: Request, problem: Problem) -> Response:
    title = _TITLES.get(problem.status, "This did not work")
    sentence = f"{problem.detail[:1].upper()}{problem.detail[1:]}".rstrip(".") + "."
    came_from = request.headers.get("referer", "")
    ours = str(request.base_url)
    before = came_from.removeprefix(ours.rstrip("/")) if came_from.startswith(ours) else HOME
    response = page(
        "problem.html.jinja", _visit(request), problem.status, title=title, sentence=sentence, before=before
    )
    response.headers.update(problem.headers or {})
    return response


def _visit(request: Request) -> Visit | None:
    return getattr(request.state, "visit", None)


def _with_flash(request: Request, response: Response) -> Response:
    uses, visit = request.app.state.resources, _visit(request)
    if isinstance(response, Back):
        SAID.keep(response, request, uses, response.said)
    elif visit is not None and visit.said and response.media_type == "text/html":
        SAID.forget(response, uses)
    return response
