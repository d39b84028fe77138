"""What the shell offers after a Tab: ids and keys as the API knows them, or nothing. Never a word of complaint, never a wait."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import typer

from starter.comms.api_client import LOCAL

PATIENCE_SECONDS = 1.0
OFFERED = 50

Offers = list[tuple[str, str]]
"""What is offered, each with a word of help."""


def runs(context: typer.Context, incomplete: str) -> Offers:
    """Offer the newest runs."""
    return _offered(context, f"/v1/runs?limit={OFFERED}", incomplete, lambda answer: map(_run, answer["runs"]))


def runs_or_files(context: typer.Context, incomplete: str) -> Offers:
    """Offer the newest runs, and histories saved as JSON."""
    start = Path(incomplete)
    folder = start if incomplete.endswith("/") else start.parent
    with suppress(OSError):
        found = sorted(one for one in folder.iterdir() if one.is_dir() or one.suffix == ".json")
        named = [f"{one}/" if one.is_dir() else str(one) for one in found if not one.name.startswith(".")]
        files = [(one, "") for one in named if one.startswith(incomplete)]
        return [*(runs(context, incomplete) if "/" not in incomplete else []), *files]
    return []


def clients(context: typer.Context, incomplete: str) -> Offers:
    """Offer the keys of clients."""
    return _offered(context, "/v1/clients", incomplete, lambda answer: ((one["key"], one["name"]) for one in answer))


def sequences(context: typer.Context, incomplete: str) -> Offers:
    """Offer the keys of sequences."""
    return _offered(
        context, "/v1/sequences", incomplete, lambda answer: ((one["key"], one.get("title", "")) for one in answer)
    )


def pauses(context: typer.Context, incomplete: str) -> Offers:
    """Offer what is paused."""
    return _offered(context, "/v1/pauses", incomplete, lambda answer: ((one["id"], one["name"]) for one in answer))


def _run(row: dict[str, Any]) -> tuple[str, str]:
    return row["id"], f"{row['client']}, {row['state']}"


def _offered(
    context: typer.Context, path: str, incomplete: str, read: Callable[[Any], Iterable[tuple[str, str]]]
) -> Offers:
    key = context.params.get("key") or os.environ.get("COMMS_API_KEY", "")
    url = context.params.get("url") or os.environ.get("COMMS_API_URL") or os.environ.get("COMMS_PUBLIC_BASE_URL", LOCAL)
    if not key:
        return []
    try:
        with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False) as client:
            answer = client.get(path, headers={"Authorization": f"Bearer {key}"}).raise_for_status().json()
        found = dict(read(answer))
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
        return []  # whoever presses Tab is in the middle of a line; the command itself will say what is wrong
    return [(value, help_text) for value, help_text in found.items() if value.startswith(incomplete)]
