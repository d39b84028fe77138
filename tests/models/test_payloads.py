from typing import Any

import pytest
from temporalio.api.common.v1 import Payload

from models.payloads import EncryptionCodec, data_converter
from models.sealing import KeyRing, NoSuchKey
from models.unreadable import Unreadable

PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"hello"')
RING = KeyRing({"k1": b"1" * 32}, "k1")
CODEC = EncryptionCodec(RING)


def _claiming(data: bytes, **metadata: bytes) -> Payload:
    key_id = {"encryption-key-id": metadata["key_id"]} if metadata else {}
    return Payload(metadata={"encoding": b"binary/encrypted", **key_id}, data=data)


async def test_what_was_sealed_is_opened_and_what_was_not_passes() -> None:
    [sealed] = await CODEC.encode([PLAIN])

    assert b"hello" not in sealed.SerializeToString()
    assert await CODEC.decode([sealed, PLAIN]) == [PLAIN, PLAIN]


async def test_without_the_key_nothing_goes_on() -> None:
    [sealed] = await CODEC.encode([PLAIN])

    with pytest.raises(NoSuchKey, match="k1"):
        await EncryptionCodec(KeyRing({"k2": b"2" * 32}, "k2")).decode([sealed])


@pytest.mark.parametrize(
    "garbage",
    [
        _claiming(b"typed by a person"),
        _claiming(b"typed by a person", key_id=b""),
        _claiming(b"typed by a person", key_id=b"\xff"),
        _claiming(b"typed by a person, and long enough to hold a nonce", key_id=b"k1"),
        _claiming(b"short", key_id=b"k1"),
        _claiming(b"", key_id=b"k1"),
    ],
)
async def test_what_cannot_be_sealed_by_us_passes_unchanged(garbage: Payload) -> None:
    before = garbage.SerializeToString(deterministic=True)

    [passed] = await CODEC.decode([garbage])

    assert passed.SerializeToString(deterministic=True) == before


async def test_altered_bytes_under_a_known_key_pass_unchanged() -> None:
    [sealed] = await CODEC.encode([PLAIN])
    altered = Payload(metadata=sealed.metadata, data=sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))

    assert await CODEC.decode([altered]) == [altered]


BROKEN = Payload(metadata={"encoding": b"json/plain"}, data=b'"hello')


@pytest.mark.parametrize("hints", [None, [Any, Any]])
def test_what_cannot_be_read_arrives_where_any_value_may_come(hints: Any) -> None:
    read = data_converter(RING).payload_converter.from_payloads([PLAIN, BROKEN], hints)

    assert (read, type(read[1])) == (["hello", b'"hello'], Unreadable)


def test_what_cannot_be_read_is_an_error_where_something_certain_is_expected() -> None:
    with pytest.raises(ValueError, match="Invalid JSON"):
        data_converter(RING).payload_converter.from_payloads([BROKEN], [str])
