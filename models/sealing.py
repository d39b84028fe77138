"""Authenticated encryption with named keys, for payloads in histories and for stored raw requests."""

import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class UnreadableSeal(Exception):
    """The key is not on the ring, or the bytes were altered. Says which key id, never the content."""


class NoSuchKey(UnreadableSeal):
    """The key is not on the ring: another process may have it."""


class KeyRing:
    """AES-256-GCM under several keys; the active one seals, every listed one opens.

    Args:
        keys: raw 32-byte keys by id.
        active: the id that seals.
    """

    def __init__(self, keys: Mapping[str, bytes], active: str) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.active = active

    @property
    def ids(self) -> list[str]:
        """The ids of the keys that open."""
        return list(self._ciphers)

    def seal(self, plain: bytes) -> bytes:
        """Return nonce and ciphertext under the active key; the key id is bound as associated data."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[self.active].encrypt(nonce, plain, self.active.encode())

    def open(self, key_id: str, sealed: bytes) -> bytes:
        """Return what was sealed under `key_id`. Raises NoSuchKey, or UnreadableSeal for bytes that are not ours."""
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise NoSuchKey(f"no key {key_id!r} on the ring")
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key_id.encode())
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise UnreadableSeal(f"altered bytes under key {key_id!r}") from None
