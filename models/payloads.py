"""How payloads travel through Temporal: pydantic values, encrypted, failures included."""

from collections.abc import Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from models.sealing import KeyRing, NoSuchKey, UnreadableSeal
from models.unreadable import Unreadable

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"


def sealed(payload: Payload) -> bool:
    """Return whether a payload says that it is encrypted."""
    return payload.metadata.get("encoding") == ENCODING


class EncryptionCodec(PayloadCodec):
    """AES-256-GCM over each payload. Payloads of another encoding pass through on decode: a person types plain JSON."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal every payload under the active key."""
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open what this codec sealed.

        What claims to be sealed but cannot come from this codec stays as it is: the SDK then drops a signal that holds
        it, where an error would fail the workflow task for ever.

        Raises:
            NoSuchKey: the key is not on the ring. A worker without it must not go on.
        """
        return [self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        return Payload(
            metadata={"encoding": ENCODING, KEY_ID: self._ring.active.encode()},
            data=self._ring.seal(payload.SerializeToString()),
        )

    def _opened(self, payload: Payload) -> Payload:
        # `get`, because `[]` would put an empty key id into a payload that has none.
        key_id = payload.metadata.get(KEY_ID)
        if not sealed(payload) or not key_id:
            return payload
        try:
            return Payload.FromString(self._ring.open(key_id.decode(), payload.data))
        except NoSuchKey:
            raise
        except (UnicodeDecodeError, UnreadableSeal):
            return payload


class ForgivingPayloadConverter(PydanticPayloadConverter):
    """Reads with pydantic. Where any value may come, as in what a person types, it reads even what cannot be read.

    The SDK would drop such a signal with a line in its log; so it reaches its handler and leaves a trace.
    """

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Return the values; an `Unreadable` for each that cannot be read and of which nothing certain is expected."""
        try:
            return super().from_payloads(payloads, type_hints)
        except Exception:  # of any kind: whoever sends a signal chooses its bytes
            if any(hint is not Any for hint in type_hints or ()):
                raise
            if len(payloads) == 1:
                return [Unreadable(payloads[0].data)]
            return [self.from_payloads([payload])[0] for payload in payloads]


def data_converter(ring: KeyRing) -> DataConverter:
    """Return the one converter that client, worker and replayer share."""
    return DataConverter(
        payload_converter_class=ForgivingPayloadConverter,
        payload_codec=EncryptionCodec(ring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
