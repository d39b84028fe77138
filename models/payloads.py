"""How payloads travel through Temporal: pydantic values, encrypted, failures included."""

import dataclasses
from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from models.sealing import KeyRing, NoSuchKey, UnreadableSeal

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"


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
        if payload.metadata.get("encoding") != ENCODING or not key_id:
            return payload
        try:
            return Payload.FromString(self._ring.open(key_id.decode(), payload.data))
        except NoSuchKey:
            raise
        except (UnicodeDecodeError, UnreadableSeal):
            return payload


def data_converter(ring: KeyRing) -> DataConverter:
    """Return the one converter that client, worker and replayer share."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=EncryptionCodec(ring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
