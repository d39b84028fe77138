"""What is sealed in a history: which keys it takes, how timers and activities are called, what was said."""

import json
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory

from models.payloads import KEY_ID, EncryptionCodec, sealed
from models.sealing import KeyRing, NoSuchKey, UnreadableSeal
from models.wording.personal import personal
from models.wording.reading import read
from models.wording.surroundings import Purpose, Surroundings

LONGEST_NAME = 80
LONGEST_PAYLOAD = 2_000
WITHHELD = "(withheld)"
UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
"""The digits between its dashes may look like a phone number."""


def payloads_in(message: Message) -> Iterator[Payload]:
    """Yield every payload within a message, itself included; changing one changes the message."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        parts = [value] if not _is_repeated(value) else value.values() if hasattr(value, "values") else value
        for part in parts:
            if isinstance(part, Message):
                yield from payloads_in(part)


def missing_keys(history: WorkflowHistory, ring: KeyRing) -> list[str]:
    """Return the ids of keys that a history needs and the ring lacks, or has another key under.

    The latter is told by the start, which is always ours: what came later may be forged, and opens with no key.
    """
    needed = {key_id for event in history.events for key_id, _ in _sealed_in(event)}
    others = {key_id for key_id, data in _sealed_in(history.events[0]) if not _opens(ring, key_id, data)}
    return sorted(needed - {*ring.ids}) + [f"another {key_id}" for key_id in sorted(others & {*ring.ids})]


async def summaries(history: WorkflowHistory, ring: KeyRing) -> dict[int, str]:
    """Return how the workflow has called its timers and activities, by event id, as far as they can be read.

    A summary is written by workflow code and holds no personal data; one that looks as if it did is withheld.
    """
    return {
        event.event_id: _name(said)
        for event in history.events
        if event.user_metadata.HasField("summary")
        for said in [await opened(event.user_metadata.summary, ring)]
        if said is not None
    }


async def opened(payload: Payload, ring: KeyRing) -> str | None:
    """Return a payload as JSON text; None if it cannot be read."""
    try:
        [plain] = await EncryptionCodec(ring).decode([payload])
    except NoSuchKey:
        return None
    if not plain.metadata.get("encoding", b"").startswith(b"json/"):
        return None
    return plain.data.decode(errors="replace")


def holds_personal_data(text: str) -> bool:
    """Say whether a phone number, an address, a card or a social security number is found in a text, outside of ids."""
    return any(True for _ in personal(read("text", UUID.sub("", text)), Surroundings(purpose=Purpose.OUTREACH)))


def _sealed_in(message: Message) -> Iterator[tuple[str, bytes]]:
    """Yield the key id and the bytes of every sealed payload within a message."""
    for payload in payloads_in(message):
        if sealed(payload) and KEY_ID in payload.metadata:
            yield payload.metadata[KEY_ID].decode(errors="replace"), payload.data


def _opens(ring: KeyRing, key_id: str, data: bytes) -> bool:
    try:
        ring.open(key_id, data)
    except UnreadableSeal:
        return False
    return True


def _name(said: str) -> str:
    try:
        name: Any = json.loads(said)
    except ValueError:
        return WITHHELD
    if not isinstance(name, str) or holds_personal_data(name):
        return WITHHELD
    return "".join(character if character.isprintable() else " " for character in name)[:LONGEST_NAME]


def _is_repeated(value: Any) -> bool:
    return not isinstance(value, Message)
