"""Histories as people have them: a download of the Temporal UI, `temporal workflow show -o json`, an export of tctl."""

import base64
import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseError
from temporalio.client import WorkflowHistory

from starter.comms.problems import Problem

_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECODED = (
    "is not as Temporal keeps it, perhaps because its payloads were decoded when it was saved. Download it again as "
    "“Encoded”, or with `temporal workflow show --workflow-id … -o json --no-json-shorthand-payloads`."
)


class Unreadable(StrEnum):
    """Why a history could not be replayed at all."""

    NO_KEY = "sealed with a key that is not here"
    UNKNOWN = "a workflow that this code does not have"
    TOO_SLOW = "code that does not yield within two seconds, or a machine that is too busy"
    GONE = "no longer on the server"


def history_in(file: Path) -> WorkflowHistory:
    """Return the history that a file holds, whichever program has saved it.

    Raises:
        Problem: it holds none, or one whose payloads cannot be put together again.
    """
    try:
        written = json.loads(_text(file.read_bytes()))
    except (ValueError, RecursionError):
        raise Problem(f"{file} is not a workflow history: it is not JSON") from None
    events = _events(written)
    if not events:
        raise Problem(f"{file} is not a workflow history: it holds no events")
    try:
        history = WorkflowHistory.from_json(file.stem, {"events": _encoded(events)})
    except ParseError:
        raise Problem(f"{file} {_DECODED}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Problem(f"{file} is not a workflow history: {type(error).__name__}") from None
    first = history.events[0]
    if not first.HasField("workflow_execution_started_event_attributes"):
        raise Problem(f"{file} is not a whole workflow history: its first event is not the start")
    return WorkflowHistory(first.workflow_execution_started_event_attributes.workflow_id or file.stem, history.events)


def type_of(history: WorkflowHistory) -> str:
    """Return the name of the workflow."""
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def _text(raw: bytes) -> str:
    return raw.decode(next((encoding for mark, encoding in _BOMS if raw.startswith(mark)), "utf-8-sig"))


def _events(written: Any) -> list[Any] | None:
    """Return the events of `{"events": […]}`, of a bare list, or of an answer of the API around either."""
    if isinstance(written, dict) and isinstance(written.get("history"), dict):
        written = written["history"]
    found = written.get("events") if isinstance(written, dict) else written
    return found if isinstance(found, list) and all(isinstance(event, dict) for event in found) else None


def _encoded(written: Any) -> Any:
    """Return events with their payloads as Temporal keeps them, whose “Human Readable” download has them as JSON values."""
    match written:
        case {"metadata": {"encoding": str(encoding)} as metadata} if encoding.startswith(("json/", "binary/")):
            kept = {"metadata": {name: _base64(value) for name, value in metadata.items()}}
            data = written.get("data")
            is_json = encoding.startswith("json/")
            return kept | {"data": _base64(json.dumps(data)) if is_json else data or ""}
        case dict():
            return {name: _encoded(value) for name, value in written.items()}
        case list():
            return [_encoded(value) for value in written]
    return written


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
