"""Advisory locks that order claims against opt-outs, pauses and stops.

A claim takes its scopes shared and its address exclusively, before it reads; an opt-out takes the address, a pause or a
stop takes its scope exclusively. Row locks are not used for this: new sharers overtake a waiting pause, so that under
load a pause waits for seconds. Everybody locks in this order: everything, kind, provider, sequence, client, channel, run,
address.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.terms import Channel, PauseScope


def scope_key(
    scope: PauseScope,
    client_id: UUID | None = None,
    channel: Channel | None = None,
    run_id: UUID | None = None,
    name: str | None = None,
) -> str:
    """Return the name of a scope.

    It is `everything`, `kind:outreach`, `provider:twilio`, `sequence:missed_call`, `client:<id>`, `channel:<client id>:sms`
    or `run:<id>`; `name` is that of a kind, a provider or a sequence.
    """
    match scope:
        case PauseScope.EVERYTHING:
            return scope.value
        case PauseScope.KIND | PauseScope.PROVIDER | PauseScope.SEQUENCE:
            return f"{scope}:{name}"
        case PauseScope.CLIENT:
            return f"{scope}:{client_id}"
        case PauseScope.CHANNEL:
            return f"{scope}:{client_id}:{channel}"
        case PauseScope.RUN:
            return f"{scope}:{run_id}"


SCOPES_OF_MESSAGE = (
    "ARRAY['everything', 'kind:' || r.kind, 'provider:' || m.provider, 'sequence:' || s.key, 'client:' || m.client_id, "
    "'channel:' || m.client_id || ':' || m.channel, 'run:' || m.run_id]"
)
"""The names of the scopes of message `m` of run `r` in sequence `s`, as SQL, in locking order. NULL for a sequence it has not."""
SCOPES_AT_ONCE = 7
WITH_SEQUENCE = "LEFT JOIN sequence s ON s.id = r.sequence_id"

_FOR_CLAIM = text(
    "SELECT "
    + ", ".join(f"pg_advisory_xact_lock_shared(hashtextextended(:scope{n}, 0))" for n in range(SCOPES_AT_ONCE))
    + ", pg_advisory_xact_lock(hashtextextended(:address, 0))"
)
_EXCLUSIVE = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_IF_FREE = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))")

# Addresses by their hash, as everybody else takes several of them, whatever the database sorts texts by.
_EXCLUSIVE_ALL = text(
    """
    SELECT pg_advisory_xact_lock(hashtextextended(key, 0))
    FROM (SELECT DISTINCT key COLLATE "C" AS key FROM unnest(CAST(:keys AS text[])) AS key ORDER BY key) AS in_order
    """
)


def lock_for_claim(session: Session, scopes: Sequence[str | None], address_hash: str) -> None:
    """Wait for every pause, stop and opt-out that is being written for this message, and keep new ones out."""
    names = {f"scope{n}": scopes[n] for n in range(SCOPES_AT_ONCE)}  # the lock of a NULL is none
    session.execute(_FOR_CLAIM, names | {"address": _address(address_hash)})


def lock_scope(session: Session, scope: str) -> None:
    """Wait until no claim inside the scope is in progress; hold new ones back until commit."""
    session.execute(_EXCLUSIVE, {"key": scope})


def have_alone(session: Session, duty: str) -> bool:
    """Return whether nobody else is at a duty, and keep others from it until commit. Does not wait."""
    alone: bool = session.execute(_IF_FREE, {"key": f"duty:{duty}"}).scalar_one()
    return alone


def lock_address(session: Session, address_hash: str) -> None:
    """Wait until no claim for the address is in progress; hold new ones back until commit."""
    session.execute(_EXCLUSIVE, {"key": _address(address_hash)})


def lock_all(session: Session, scopes: Iterable[str], address_hashes: Iterable[str]) -> None:
    """Take scopes of one's own and addresses exclusively until commit: many in one statement, in one order."""
    session.execute(_EXCLUSIVE_ALL, {"keys": [*scopes, *map(_address, address_hashes)]})


def _address(address_hash: str) -> str:
    return f"address:{address_hash}"
