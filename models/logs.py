"""Structured logs: one JSON line per event, a constant sentence, ids and codes only."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

import structlog

QUIET = (
    "httpx",
    "httpcore",
    "twilio.http_client",
    "botocore",
    "boto3",
    "urllib3",
    "sqlalchemy.engine",
    "uvicorn.access",
)
"""Their INFO lines hold addresses, numbers or statements."""
_PLAIN = (str, int, float, bool, type(None))


def configure_logs(level: str, process: str) -> None:
    """Send everything this process logs to standard error, as JSON lines with the name of the process."""
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _only_plain,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _named(process),
            _without_tracebacks,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _named(process: str) -> structlog.types.Processor:
    def add(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        return {"process": process, **event}

    return add


def _only_plain(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Drop what is not text, a number or a mapping of these: the repr of an object may hold what a person wrote."""
    return _plain(event)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _plain(fact) if isinstance(fact, Mapping) else fact
        for name, fact in facts.items()
        if isinstance(fact, (*_PLAIN, Mapping))
    }


def _without_tracebacks(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Keep the class and the place of an error; its text may hold what a person wrote."""
    info = event.pop("exc_info", None)
    if isinstance(info, tuple) and info[0] is not None:
        trace = info[2]
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        event["error"] = info[0].__name__
        if trace is not None:
            event["at"] = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
    return event
