"""What every request passes first and last: size, security headers, and a plain answer to what nobody foresaw."""

import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from starter.problems import Problem, answer

log = logging.getLogger(__name__)

_NOTHING = "default-src 'none'; frame-ancestors 'none'; form-action 'self'; style-src 'unsafe-inline'"
_SWAGGER = (
    "default-src 'none'; frame-ancestors 'none'; connect-src 'self'; img-src data: https://fastapi.tiangolo.com; "
    "script-src 'unsafe-inline' https://cdn.jsdelivr.net; style-src 'unsafe-inline' https://cdn.jsdelivr.net"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class FrontDoor:
    """The outermost layer of the application.

    Args:
        app: the application.
        max_body_bytes: a larger body is refused before anything reads it.
        larger: other limits, by what a path begins with.
        https: whether the service is reached by HTTPS, so that browsers should insist on it.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int, https: bool, larger: Mapping[str, int]) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._larger = dict(larger)
        self._headers = _HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _SWAGGER if scope["path"] == "/swagger" else _NOTHING)
            await send(message)

        try:
            limit = self._limit(scope["path"])
            body = await _read(receive, limit)
            if body is None:
                sentence = f"the body is larger than {limit} bytes"
                refused = Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence, headers={"Connection": "close"})
                await answer(refused)(scope, receive, send_dressed)
                return
            await self._app(scope, _replay(body, receive), send_dressed)
        except ClientDisconnect:
            return
        except Exception as error:
            reference = uuid4().hex[:12]
            # The text of an error may hold what a person wrote, so only its class and its places are logged.
            frames = traceback.extract_tb(error.__traceback__)[-6:]
            places = ", ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
            facts = {"reference": reference, "error": type(error).__name__, "places": places}
            log.error("a request failed unexpectedly", extra=facts)
            if started:
                raise
            sentence = f"something went wrong on our side; quote reference {reference} to an engineer"
            failed = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, sentence, reference=reference)
            await answer(failed)(scope, receive, send_dressed)

    def _limit(self, path: str) -> int:
        return next((most for start, most in self._larger.items() if path.startswith(start)), self._max_body_bytes)


async def _read(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None as soon as it is larger than the limit. Raises ClientDisconnect."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            return None
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
