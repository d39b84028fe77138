"""Text that is sealed at rest because it holds a secret, such as an approval code in a notice."""

import base64

from models.sealing import KeyRing


def sealed(ring: KeyRing, plain: str) -> tuple[str, str]:
    """Return the key id and the sealed text (base64)."""
    return ring.active, base64.b64encode(ring.seal(plain.encode())).decode()


def opened(ring: KeyRing, key_id: str | None, stored: str) -> str:
    """Return the plain text; `key_id` None means that it was never sealed. Raises UnreadableSeal."""
    return stored if key_id is None else ring.open(key_id, base64.b64decode(stored)).decode()
