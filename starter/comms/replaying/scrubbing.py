"""A history that may be kept with the code: other ids, no words, no people, sealed with a key that everybody has.

What remains is what replay goes by: the order of events, their types and times, and the values of our own closed lists. Any
other text becomes `word-1`, `word-2` …, the same text always the same word, so that what compared equal still does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent, MarkerRecordedEventAttributes
from temporalio.client import WorkflowHistory

from models.payloads import ENCODING, EncryptionCodec
from models.sealing import KeyRing
from starter.comms.problems import Problem
from starter.comms.replaying.payloads import UUID, holds_personal_data, payloads_in
from starter.comms.replaying.plain_values import read_value, write_value

CORPUS_KEYS = KeyRing({"k1": b"k" * 32}, "k1")
"""Of the recorded histories only. It hides nothing; it lets the replay test read them as the worker reads real ones."""
TASK_QUEUE = "comms"
SOMEBODY = "somebody"
NOT_FOR_KEEPING = {"header", "links", "principal", "memo", "stack_trace", "binary_checksum"}
_OF_THE_SDK = {"data", "patch-data"}

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_SPAN = re.compile(r"-?P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])*)?")
_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?")


@dataclass
class Scrubbing:
    """What one history has been turned into, so that the same becomes the same everywhere in it."""

    ids: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def text(self, written: str) -> str:
        """Return a text with other ids, and other words for those that were replaced elsewhere."""
        for word, other in self.words.items():
            written = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", other, written)
        return UUID.sub(lambda found: self.ids.setdefault(found[0].lower(), str(uuid4())), written)

    def value(self, value: Any) -> Any:
        """Return a value of a payload without ids and words of its own."""
        match value:
            case str():
                return self._string(value)
            case list():
                return [self.value(one) for one in value]
            case dict():
                return {self.text(name): self.value(one) for name, one in value.items()}
            case _:
                return value

    def _string(self, value: str) -> str:
        if not value or value in _known_values() or any(kind.fullmatch(value) for kind in (_MOMENT, _SPAN, _NUMBER)):
            return value
        if UUID.fullmatch(value):
            return self.text(value)
        return self.words.setdefault(value, f"word-{len(self.words) + 1}")


async def scrubbed(history: WorkflowHistory, ring: KeyRing) -> WorkflowHistory:
    """Return a copy that may be kept.

    Args:
        history: a whole one.
        ring: opens its payloads.

    Raises:
        Problem: a payload cannot be opened or is not JSON, so nobody can say what it holds; or personal data remain.
    """
    scrubbing, codec, sealing = Scrubbing(), EncryptionCodec(ring), EncryptionCodec(CORPUS_KEYS)
    events = [_copy(event) for event in history.events]
    held = [(event.event_id, payload, named) for event in events for payload, named in _payloads_of(event)]
    # Names of timers are made by the code of words that occur in values, so the values come first.
    for number, payload, named in sorted(held, key=lambda one: one[2]):
        sealed = payload.metadata.get("encoding") == ENCODING
        [plain] = await codec.decode([payload])
        if plain.metadata.get("encoding") == ENCODING:
            raise Problem(f"event {number} holds a payload that cannot be opened; nothing was kept")
        value = read_value(plain, number)
        write_value(plain, scrubbing.text(str(value)) if named else scrubbing.value(value))
        [kept] = await sealing.encode([plain]) if sealed else [plain]
        payload.CopyFrom(kept)
    for event in events:
        _without_people(event, scrubbing)
    await _refuse_personal_data(events)
    return WorkflowHistory(scrubbing.text(history.workflow_id), events)


def _copy(event: HistoryEvent) -> HistoryEvent:
    copied = HistoryEvent()
    copied.CopyFrom(event)
    if copied.HasField("workflow_execution_started_event_attributes"):
        copied.ClearField(
            "user_metadata"
        )  # what people are told of the run; only timers and activities keep their names
    for part in _messages(copied):
        for name in NOT_FOR_KEEPING & {one.name for one in part.DESCRIPTOR.fields}:
            part.ClearField(name)
    return copied


def _payloads_of(event: HistoryEvent) -> Iterator[tuple[Payload, bool]]:
    """Yield what holds something of ours, and whether it is a name: not the SDK's own, by which it knows its markers."""
    attributes = getattr(event, str(event.WhichOneof("attributes")))
    if isinstance(attributes, MarkerRecordedEventAttributes):
        parts = [held for name, held in attributes.details.items() if name not in _OF_THE_SDK] + [attributes.failure]
    else:
        parts = [attributes]
    yield from ((payload, False) for part in parts for payload in payloads_in(part))
    if event.user_metadata.HasField("summary"):
        yield event.user_metadata.summary, True


def _without_people(event: HistoryEvent, scrubbing: Scrubbing) -> None:
    for part in _messages(event):
        for known, value in part.ListFields():
            if known.type != known.TYPE_STRING or isinstance(part, Payload):
                continue
            if known.name == "identity":
                part.identity = SOMEBODY  # type: ignore[attr-defined]
            elif known.name in ("name", "normal_name") and part.DESCRIPTOR.name == "TaskQueue":
                setattr(part, known.name, TASK_QUEUE)
            elif known.name == "message" and value != "Encoded failure":
                part.message = "scrubbed"  # type: ignore[attr-defined]
            elif isinstance(value, str):
                setattr(part, known.name, scrubbing.text(value))


async def _refuse_personal_data(events: list[HistoryEvent]) -> None:
    codec = EncryptionCodec(CORPUS_KEYS)
    for event in events:
        for payload in payloads_in(event):
            [plain] = await codec.decode([payload])
            if any(holds_personal_data(text) for text in _texts(read_value(plain, event.event_id))):
                raise Problem(f"event {event.event_id} holds what looks like a number or an address; nothing was kept")
        for part in _messages(event):
            if any(
                holds_personal_data(str(value)) for known, value in part.ListFields() if known.type == known.TYPE_STRING
            ):
                raise Problem(f"event {event.event_id} holds what looks like a number or an address; nothing was kept")


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            yield from (text for one in value for text in _texts(one))
        case dict():
            yield from (text for one in (*value, *value.values()) for text in _texts(one))


def _messages(message: Message) -> Iterator[Message]:
    yield message
    for known, value in message.ListFields():
        if known.message_type is None:
            continue
        if isinstance(value, Message):
            yield from _messages(value)
            continue
        several = value.values() if hasattr(value, "values") else value
        yield from (one for part in several if isinstance(part, Message) for one in _messages(part))


def _known_values() -> frozenset[str]:
    """Return every value of our own closed lists, and the names of time zones."""
    if not _KNOWN:
        _KNOWN.update(available_timezones())
        for one in _enumerations(StrEnum):
            if one.__module__.startswith("models."):
                _KNOWN.update(member.value for member in one)
    return frozenset(_KNOWN)


_KNOWN: set[str] = set()


def _enumerations(kind: type[StrEnum]) -> Iterator[type[StrEnum]]:
    for one in kind.__subclasses__():
        yield one
        yield from _enumerations(one)
