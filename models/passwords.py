"""Passwords of staff, kept so that nobody can read them: scrypt with a salt of their own (RFC 7914)."""

import base64
import hashlib
import hmac
import secrets

SHORTEST = 12
LONGEST = 200
_LOG_N, _R, _P = 14, 8, 5
"""What OWASP asks for at the least (Password Storage Cheat Sheet): 16 MiB of memory and a quarter of a second."""
_SALT_BYTES = 16
_NOBODYS = "scrypt$14$8$5$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


class UnusablePassword(ValueError):
    """It is too short or too long. The message says what is asked for, and not what was given."""


def new_password() -> str:
    """Return a random password (96 bits)."""
    return secrets.token_urlsafe(12)


def hashed(password: str) -> str:
    """Return what is stored of a password. Raises UnusablePassword."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UnusablePassword(f"a password has {SHORTEST} to {LONGEST} characters")
    salt = secrets.token_bytes(_SALT_BYTES)
    parts = (base64.b64encode(part).decode() for part in (salt, _derived(password, salt, _LOG_N, _R, _P)))
    return "$".join(("scrypt", str(_LOG_N), str(_R), str(_P), *parts))


def is_right(password: str, stored: str | None) -> bool:
    """Return whether it is the password that was stored. It takes as long where none is stored."""
    _, log_n, r, p, salt, expected = (stored or _NOBODYS).split("$")
    derived = _derived(password[:LONGEST], base64.b64decode(salt), int(log_n), int(r), int(p))
    return hmac.compare_digest(derived, base64.b64decode(expected)) and stored is not None


def _derived(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**log_n, r=r, p=p, maxmem=2**26, dklen=32)
