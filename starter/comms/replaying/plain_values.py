"""The values of opened payloads."""

import json
from typing import Any

from temporalio.api.common.v1 import Payload

from starter.comms.problems import Problem

_NULL = b"binary/null"


def read_value(plain: Payload, event: int) -> Any:
    """Return the value of an opened payload. Raises Problem if it is not JSON, so that nobody can say what it holds."""
    encoding = plain.metadata.get("encoding", b"")
    if encoding == _NULL:
        return None
    try:
        if not encoding.startswith(b"json/"):
            raise ValueError
        return json.loads(plain.data)
    except (ValueError, RecursionError):
        raise Problem(f"event {event} holds a payload that is not JSON; nothing was kept") from None


def write_value(plain: Payload, value: Any) -> None:
    """Put another value into an opened payload."""
    if plain.metadata.get("encoding") != _NULL:
        plain.data = json.dumps(value, separators=(",", ":")).encode()
