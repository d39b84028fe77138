"""How often somebody may try to sign in, per process: enough for people, too little for whoever guesses."""

import hashlib
import time
from collections.abc import Callable

from starter.portal.limiting import RateLimit

OF_ONE_FROM_ONE = 5
OF_ONE = 10
FROM_ONE = 60
"""Failed attempts a minute: of one name from one address, of one name, from one address, which a proxy may share."""


class SignInAttempts:
    """Counts failed attempts; successful ones cost nothing.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = (RateLimit(OF_ONE_FROM_ONE, clock), RateLimit(OF_ONE, clock), RateLimit(FROM_ONE, clock))

    def allows(self, handle: str, address: str) -> bool:
        """Return whether one more attempt may be made now."""
        return all(limit.allows(asker, 0) for limit, asker in self._askers(handle, address))

    def failed(self, handle: str, address: str) -> None:
        """Count a failed attempt."""
        for limit, asker in self._askers(handle, address):
            limit.allows(asker)

    def _askers(self, handle: str, address: str) -> list[tuple[RateLimit, str]]:
        # Hashed: people type their password where their name belongs, and it must not lie about.
        name = hashlib.sha256(handle.encode(errors="replace")).hexdigest()
        return list(zip(self._limits, (f"{name} {address}", name, address), strict=True))
