"""Errors as `application/problem+json` (RFC 9457): a sentence a person can act on, never what they had sent."""

import logging
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from models.errors import UnknownRecord

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)

_PARAMETER = re.compile(r"\{[^}]+\}")
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,40}")
_SAFE_MESSAGES = ("missing", "enum", "literal_error", "value_error", "too_long", "too_short", "timezone_aware")
_SAFE_PREFIXES = ("string_", "greater_", "less_")


class ProblemBody(BaseModel):
    """What every error answer holds."""

    model_config = ConfigDict(extra="allow")

    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["there is no client 'acme'; create it with POST /v1/clients"])


SENTENCES = {
    400: "The body is not JSON.",
    401: "No API key, or not one of an active member of staff.",
    403: "The role is not enough, or the rules forbid it.",
    404: "There is no such thing.",
    409: "It is no longer possible.",
    413: "The body is too large.",
    415: "The body is of another kind than is read here.",
    422: "A field cannot be used. `errors` names the fields, never their values.",
    503: "The database does not answer; repeat the same request.",
}
"""What each status of an error means, for the documentation."""


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how a route documents that it may answer with these problems."""
    schema = {"schema": ProblemBody.model_json_schema()}
    return {status: {"description": SENTENCES[status], "content": {MEDIA_TYPE: schema}} for status in statuses}


class Problem(Exception):
    """An answer that is not what was asked for. `detail` says what to do; `facts` are further members of the body."""

    def __init__(self, status: HTTPStatus, detail: str, *, headers: dict[str, str] | None = None, **facts: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.facts = facts


def field_problem(field: str, message: str) -> Problem:
    """Return the refusal of one field of a request body, such as `lead.phone`."""
    fields = [{"field": field, "message": message}]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{field}: {message}", errors=fields)


def answer(problem: Problem) -> JSONResponse:
    """Return the response for a problem."""
    body = {"title": problem.status.phrase, "status": problem.status.value, "detail": problem.detail}
    return JSONResponse(body | problem.facts, problem.status, problem.headers, MEDIA_TYPE)


def unavailable() -> Problem:
    """Return what is answered while the database cannot be used. A lost answer to a commit ends here too."""
    sentence = "the database does not answer; repeat the same request, what is already done is not done twice"
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, sentence, headers={"Retry-After": "2"})


def invalid(error: RequestValidationError) -> Problem:
    """Return what is wrong with a request: names of fields, never their values."""
    found = [{"field": _path(item["loc"]), "message": _message(item)} for item in error.errors()]
    sentence = "; ".join(f"{item['field']}: {item['message']}" for item in found)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence, errors=found)


def answer_with_problems(app: FastAPI) -> None:
    """Let every error of the application end as problem+json."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(UnknownRecord, _unknown)
    for error in (OperationalError, InterfaceError, PoolExhausted):
        app.add_exception_handler(error, _unavailable)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return answer(error)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return answer(invalid(error))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        framework = {(headers or {}).get("Allow", "")} - {""}
        headers = {"Allow": ", ".join(sorted(_methods_of_path(request) or framework))}
    return answer(Problem(HTTPStatus(error.status_code), str(error.detail), headers=headers))


def _methods_of_path(request: Request) -> set[str]:
    """Return what all documented routes of a path take together; the framework names those of the first one only."""
    paths: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    asked = request.url.path
    matching = (methods for path, methods in paths.items() if re.fullmatch(_PARAMETER.sub("[^/]+", path), asked))
    return {method.upper() for methods in matching for method in methods}


async def _unknown(_: Request, error: Exception) -> JSONResponse:
    return answer(Problem(HTTPStatus.NOT_FOUND, str(error)))


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    log.error("the database does not answer", extra={"error": type(error).__name__})
    return answer(unavailable())


def _path(location: Sequence[str | int]) -> str:
    """Return where in the request a mistake is; a name that does not look like a field's is not repeated."""
    parts = [str(part) if isinstance(part, int) or _FIELD_NAME.fullmatch(part) else "…" for part in location]
    return ".".join(parts[1:] if parts[0] == "body" and len(parts) > 1 else parts)


def _message(error: dict[str, Any]) -> str:
    kind: str = error["type"]
    if kind == "extra_forbidden":
        return "there is no such field"
    if kind in _SAFE_MESSAGES or kind.startswith(_SAFE_PREFIXES) or kind.endswith("_type"):
        return str(error["msg"]).removeprefix("Value error, ")
    return f"not usable ({kind.replace('_', ' ')})"
