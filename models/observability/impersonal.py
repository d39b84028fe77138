"""What may leave in a span: an allow-list. Instrumentation is free to note addresses, tokens and texts; they stay here."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, SpanKind, Status

from models.terms import Control, DecisionKind

KEPT = frozenset(
    {
        "temporalWorkflowID",
        "temporalRunID",
        "temporalActivityID",
        "http.method",
        "http.request.method",
        "http.status_code",
        "http.response.status_code",
        "http.route",
        "db.system",
        "db.statement",
        "rpc.system",
        "rpc.service",
        "rpc.method",
        "error.type",
    }
)
"""Ids, codes and texts of our own. `db.statement` holds placeholders: values are bound by the server."""
SIGNALS = frozenset({"nudge", *Control, *DecisionKind})
_URL = ("url.full", "http.url")
_PLAIN = re.compile(r"v\d+|\d{4}-\d\d-\d\d|[A-Za-z_]+(?:\.json)?")
"""Segments of a path that name a kind of thing. All others may be an id, an address or a token."""


class ImpersonalExporter(SpanExporter):
    """Hands on spans without anything a person wrote or could be found by.

    Args:
        exporter: gets what is left of them.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hand on a batch."""
        return self._exporter.export([impersonal(span) for span in spans])

    def shutdown(self) -> None:
        """End the exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing waits here."""
        return self._exporter.force_flush(timeout_millis)


def impersonal(span: ReadableSpan) -> ReadableSpan:
    """Return the span with the allowed attributes only; of an error its class and nothing of its text."""
    found: Mapping[str, Any] = span.attributes or {}
    kept = {name: value for name, value in found.items() if name in KEPT}
    for event in span.events:
        if event.name == "exception" and event.attributes and "exception.type" in event.attributes:
            kept["error.type"] = event.attributes["exception.type"]
    name = _name(span.name)
    url = next((str(found[key]) for key in _URL if key in found), "")
    if url and span.kind is SpanKind.CLIENT:
        split = urlsplit(url)
        kept["server.address"] = split.hostname or ""
        name = f"{name} {_template(split.path)}"
    return ReadableSpan(
        name=name,
        context=_bare(span.context),
        parent=_bare(span.parent),
        resource=span.resource,
        attributes=kept,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _name(name: str) -> str:
    """A signal of any name may be typed in the Temporal UI; only those that exist are told apart."""
    verb, colon, subject = name.partition(":")
    unknown = colon and verb.endswith(("Signal", "SignalWorkflow", "Query", "Update")) and subject not in SIGNALS
    return f"{verb}:other" if unknown else name


def _template(path: str) -> str:
    return "/".join(part if not part or _PLAIN.fullmatch(part) else "{}" for part in path.split("/"))


def _bare(context: SpanContext | None) -> SpanContext | None:
    """Without `tracestate`, which a caller fills."""
    return context and SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
