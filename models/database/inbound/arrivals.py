"""What providers report of messages, stored sealed before it is answered. What it means comes later, see `consuming`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text

from models.database.engine import transaction
from models.sealing import KeyRing

CHANNEL = "comms_inbox"
UNREADABLE_KEY = "unreadable|"
"""How the key of a report begins that could not be read; it goes on with a hash of all of it."""

# In one order, because two processes may be given the same callbacks at once.
_STORE = text(
    """
    INSERT INTO inbox (id, source, dedupe_key, kind, state, token_hash, sealed_with, sealed_body)
    SELECT gen_random_uuid(), source, dedupe_key, kind, 'waiting', token_hash, :sealed_with, sealed_body
    FROM unnest(CAST(:sources AS text[]), CAST(:keys AS text[]), CAST(:kinds AS text[]), CAST(:tokens AS text[]),
                CAST(:bodies AS bytea[])) AS arrival (source, dedupe_key, kind, token_hash, sealed_body)
    ORDER BY source, dedupe_key
    ON CONFLICT (source, dedupe_key) DO NOTHING RETURNING id
    """
)
_NOTIFY = text(f"NOTIFY {CHANNEL}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One verified report as it came.

    Args:
        source: the provider, `twilio` or `ses`.
        dedupe_key: what makes it this report; made of what the provider has signed, never of a header.
        kind: `status` (a form of Twilio's) or `event` (of SES).
        raw: all of it.
        token_hash: of the attempt's token, where it came in the address.
    """

    source: str
    dedupe_key: str
    kind: str
    raw: bytes
    token_hash: str | None = None


def store(engine: Engine, ring: KeyRing, arrivals: Sequence[Arrival]) -> int:
    """Commit reports together, sealed, and wake whoever consumes them. Returns how many are new; safe to repeat."""
    values = {
        "sources": [arrival.source for arrival in arrivals],
        "keys": [arrival.dedupe_key for arrival in arrivals],
        "kinds": [arrival.kind for arrival in arrivals],
        "tokens": [arrival.token_hash for arrival in arrivals],
        "bodies": [ring.seal(arrival.raw) for arrival in arrivals],
        "sealed_with": ring.active,
    }
    with transaction(engine) as session:
        stored = len(session.execute(_STORE, values).all())
        if stored:
            session.execute(_NOTIFY)
    return stored
