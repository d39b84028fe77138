"""Spans of SQL statements, without their values. OpenTelemetry's own instrumentation does not take SQLAlchemy 2.1."""

import re
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

SPAN = "span"
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+([a-z_]+)")


def trace_statements() -> None:
    """Give each statement of every engine a span inside the trace it belongs to, if there is one."""
    tracer = trace.get_tracer(__name__)

    def begin(connection: Connection, _: object, statement: str, *__: Any) -> None:
        if not trace.get_current_span().get_span_context().is_valid:
            return
        facts = {"db.system": "postgresql", "db.statement": statement.strip()}
        connection.info[SPAN] = tracer.start_span(_name(statement), kind=SpanKind.CLIENT, attributes=facts)

    def end(connection: Connection, *_: Any) -> None:
        if span := connection.info.pop(SPAN, None):
            span.end()

    def fail(failure: ExceptionContext) -> None:
        span = failure.connection.info.pop(SPAN, None) if failure.connection else None
        if span:
            span.set_attribute("error.type", type(failure.original_exception).__name__)
            span.set_status(Status(StatusCode.ERROR))
            span.end()

    event.listen(Engine, "before_cursor_execute", begin)
    event.listen(Engine, "after_cursor_execute", end)
    event.listen(Engine, "handle_error", fail)


def _name(statement: str) -> str:
    """The verb and the first table: `INSERT lead`."""
    verb = statement.split(maxsplit=1)[0].upper() if statement.strip() else "SQL"
    table = _TABLE.search(statement)
    return f"{verb} {table[1]}" if table else verb
