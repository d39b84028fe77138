"""What the provider signs, and what it checks before: OpenID Connect Core 1.0, section 2, and RFC 7636, section 4.6."""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from deploy.local.standins.identity.store import Person, new_key

LASTS_SECONDS = 300


class Tokens:
    """Signs ID tokens with the key that is published."""

    def __init__(self, key: RSAKey) -> None:
        self._key = key
        self._signs_with = key
        self._instead: dict[str, Any] = {}

    def steer(self, claims: dict[str, Any], forged: bool) -> None:
        """Have the next tokens say something else.

        Args:
            claims: said instead of what is true.
            forged: whether a key signs that was never published.
        """
        self._instead = claims
        self._signs_with = new_key() if forged else self._key

    def published(self) -> Any:
        """The keys that anybody may know."""
        return KeySet([self._key]).as_dict(private=False)

    def id_token(self, issuer: str, audience: str, person: Person, nonce: str) -> str:
        """Say who has signed in."""
        now = int(time.time())
        claims = {"iss": issuer, "sub": person.subject, "aud": audience, "iat": now, "exp": now + LASTS_SECONDS}
        claims |= {"nonce": nonce, "name": person.name, "email": person.email, "email_verified": person.verified}
        header = {"alg": "RS256", "kid": self._key.kid}
        return jwt.encode(header, claims | self._instead, self._signs_with, algorithms=["RS256"])


def proves(asked: Mapping[str, str], verifier: str) -> bool:
    """Return whether whoever brings a code is who has asked for it."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(asked["code_challenge"].encode(), challenge.encode())
