"""Accounts at sources: connected with a sealed refresh token, changed by the source itself, disconnected by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.database import events
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.outbox import announce_all
from models.database.tables.reports import SourceConnection, SourceStanding
from models.digests.freshness import SourceStatus
from models.digests.sources import Connection, SourceName
from models.errors import UnknownRecord
from models.event_kinds import EventKind
from models.sealing import KeyRing

RECONNECT_TASK, REFUSED_TASK = "source_access_lost", "source_refused"
"""About one connection each; connecting it anew closes both."""
_WAITING_RUNS = text(
    """
    SELECT p.run_id FROM report_period p JOIN run r ON r.id = p.run_id
    WHERE p.client_id = :client AND p.state IN ('closed', 'held') AND r.closed_at IS NULL
    """
)
_CHANGED = text(
    """
    UPDATE source_state s SET changed_at = clock_timestamp() FROM source_connection c
    WHERE c.source = :source AND c.account = ANY (:accounts) AND c.disconnected_at IS NULL
      AND s.client_id = c.client_id AND s.source = c.source AND s.location = c.location
    RETURNING s.client_id
    """
)


@dataclass(frozen=True, slots=True)
class Account:
    """What a person connects. `refresh_token` is sealed before it is stored."""

    client_id: UUID
    source: SourceName
    location: str
    account: str
    refresh_token: str


def connect(session: Session, given: Account, ring: KeyRing, origin: Origin, owner: str) -> SourceConnection:
    """Connect an account, or connect it anew after its access was lost. Runs that wait for it hear of it."""
    sealed: dict[str, Any] = {
        "account": given.account,
        "sealed_token": ring.seal(given.refresh_token.encode()),
        "sealed_with": ring.active,
        "connected_by": origin.actor,
        "connected_at": now(session),
        "disconnected_at": None,
    }
    place: dict[str, Any] = {"client_id": given.client_id, "source": given.source.value, "location": given.location}
    new = SourceConnection(**place, **sealed).model_dump(exclude={"disconnected_at"})
    unique = ["client_id", "source", "location"]
    stored = insert(SourceConnection).values(new).on_conflict_do_update(index_elements=unique, set_=sealed)
    connection_id = session.execute(stored.returning(col(SourceConnection.id))).scalar_one()
    _stand(session, place, SourceStatus.LAGGING)
    about = Subject(owner, given.client_id)
    events.record(session, EventKind.SOURCE_CONNECTED, origin, about, given.source, location=given.location)
    _close_tasks(session, connection_id, origin)
    tell_waiting(session, given.client_id)
    return session.get_one(SourceConnection, connection_id, populate_existing=True)


def disconnect(session: Session, connection_id: UUID, origin: Origin, owner: str) -> bool:
    """Give up the right to read an account; the token is erased. Returns False if that was done before."""
    found = session.get(SourceConnection, connection_id, with_for_update=True)
    if found is None:
        raise UnknownRecord(f"no connection {connection_id}")
    if found.disconnected_at is not None:
        return False
    found.disconnected_at, found.sealed_token = now(session), b""
    session.flush()
    place: dict[str, Any] = {"client_id": found.client_id, "source": found.source, "location": found.location}
    _stand(session, place, SourceStatus.NOT_CONNECTED)
    about = Subject(owner, found.client_id)
    events.record(session, EventKind.SOURCE_DISCONNECTED, origin, about, found.source, location=found.location)
    _close_tasks(session, connection_id, origin)
    return True


def of_client(session: Session, client_id: UUID) -> Sequence[SourceConnection]:
    """Return the accounts that are connected, by source and location."""
    query = select(SourceConnection).where(
        col(SourceConnection.client_id) == client_id, col(SourceConnection.disconnected_at).is_(None)
    )
    return session.exec(query.order_by(col(SourceConnection.source), col(SourceConnection.location))).all()


def find(session: Session, client_id: UUID, source: SourceName, location: str) -> SourceConnection | None:
    """Return an account, also one that is disconnected by now, or None."""
    query = select(SourceConnection).where(
        col(SourceConnection.client_id) == client_id,
        col(SourceConnection.source) == source.value,
        col(SourceConnection.location) == location,
    )
    return session.exec(query).first()


def opened(row: SourceConnection, ring: KeyRing) -> Connection:
    """Return an account with its token in the clear. Raises UnreadableSeal."""
    return Connection(
        id=row.id,
        client_id=row.client_id,
        source=SourceName(row.source),
        location=row.location,
        account=row.account,
        refresh_token=ring.open(row.sealed_with, bytes(row.sealed_token)).decode(),
    )


def keep_token(session: Session, connection_id: UUID, refresh_token: str, ring: KeyRing) -> None:
    """Keep the token that a source has given instead of the one before, unless the account was disconnected meanwhile."""
    found = session.get(SourceConnection, connection_id, with_for_update=True)
    if found is not None and found.disconnected_at is None:
        found.sealed_token, found.sealed_with = ring.seal(refresh_token.encode()), ring.active


def note_change(session: Session, source: SourceName, accounts: Sequence[str]) -> int:
    """Note that a source says that something in these accounts has changed. Returns in how many of ours.

    Nothing is read at once: each digest reads its period, and those shown before, when it is made.
    """
    return len(session.execute(_CHANGED, {"source": source, "accounts": list(accounts)}).all())


def tell_waiting(session: Session, client_id: UUID) -> None:
    """Let the digests of a client that wait for sources look again."""
    announce_all(session, session.execute(_WAITING_RUNS, {"client": client_id}).scalars().all())


def _stand(session: Session, place: dict[str, Any], status: SourceStatus) -> None:
    known: dict[str, Any] = {"status": status.value, "auth_lost_at": None, "problem": "", "changed_at": now(session)}
    row = insert(SourceStanding).values(SourceStanding(**place, **known).model_dump(exclude_none=True))
    session.execute(row.on_conflict_do_update(index_elements=["client_id", "source", "location"], set_=known))


def _close_tasks(session: Session, connection_id: UUID, origin: Origin) -> None:
    for task in (RECONNECT_TASK, REFUSED_TASK):
        events.close_tasks(session, task, str(connection_id), origin)
