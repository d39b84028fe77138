"""Measuring and tracing of requests, by the pattern of their path: paths themselves hold tokens."""

import time
from http import HTTPStatus

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.common import MetricMeter

from models.observability.switch import Observability

NOWHERE = "none"
"""The route of a request that no route takes."""
WEB_HOOKS = "/webhooks/"


class MeasuredRequests:
    """Times every request.

    Args:
        app: the application.
        meter: where it is counted.
    """

    def __init__(self, app: ASGIApp, meter: MetricMeter) -> None:
        self._app = app
        self._seconds = meter.create_histogram_float("comms_http_request_seconds", "How long requests took.", "s")
        self._refused = meter.create_counter("comms_web_hooks_refused", "Web hooks whose signature does not match.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status = int(HTTPStatus.INTERNAL_SERVER_ERROR)

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", NOWHERE)
            method = scope["method"] if route != NOWHERE else NOWHERE
            took = time.monotonic() - began
            self._seconds.record(took, {"method": method, "route": route, "status": status})
            if status == HTTPStatus.FORBIDDEN and route.startswith(WEB_HOOKS):
                self._refused.add(1, {"route": route})


def observe_requests(app: FastAPI, observed: Observability) -> None:
    """Measure and trace an application's requests, as far as that is on."""
    if observed.runtime:
        app.add_middleware(MeasuredRequests, meter=observed.meter)
    if observed.tracing:
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

        FastAPIInstrumentor.instrument_app(app, excluded_urls="/health", exclude_spans=["receive", "send"])
