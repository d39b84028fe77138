"""A workflow history with everything in it that can be read, decrypted: what somebody who has the keys would see."""

from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory

from models.payloads import EncryptionCodec
from models.sealing import KeyRing


async def opened(history: WorkflowHistory, ring: KeyRing) -> str:
    """Return all text of a history: event attributes as they are, payloads decrypted."""
    codec = EncryptionCodec(ring)
    found = [history.to_json()]
    for event in history.events:
        for payload in _payloads(event):
            found += [plain.data.decode(errors="replace") for plain in await codec.decode([payload])]
        found.append(str(MessageToDict(event)))
    return "\n".join(found)


def _payloads(message: Message) -> list[Payload]:
    if isinstance(message, Payload):
        return [message]
    found: list[Payload] = []
    for _, value in message.ListFields():
        found += [payload for part in _parts(value) for payload in _payloads(part)]
    return found


def _parts(value: Any) -> list[Message]:
    if isinstance(value, Message):
        return [value]
    if isinstance(value, (str, bytes, int, float)):
        return []
    several = value.values() if hasattr(value, "values") else value
    return [part for part in several if isinstance(part, Message)]
