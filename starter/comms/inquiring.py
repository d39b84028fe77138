"""Waiting for what the worker finds out at the providers."""

import time
from typing import Any

from models.plurals import counted
from starter.comms import api_client
from starter.comms.showing import remarks

POLL_SECONDS = 0.5


def watched(url: str, key: str, path: str, then: str) -> dict[str, Any]:
    """Return an inquiry once it has finished; shows its progress until then.

    Args:
        url: of the API.
        key: of the person.
        path: of the inquiry.
        then: what comes after the provider's messages have been read.
    """
    with remarks.status("waiting for the worker") as shown:
        while True:
            found: dict[str, Any] = api_client.get(url, key, path)
            if found["finished_at"]:
                return found
            shown.update(doing(found, then))
            time.sleep(POLL_SECONDS)


def doing(found: dict[str, Any], then: str) -> str:
    """Return how far an inquiry is, in words."""
    if found["waits_for"]:
        return f"{counted(found['read'], 'message')} read; it is tried again after: {found['waits_for']}"
    if found["started_at"] is None:
        return "waiting for a worker to take it up"
    return f"{counted(found['read'], 'message')} of the provider read; then {then}"
