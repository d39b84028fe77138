"""What Temporal must hear of. A row is written with the news it announces; a relay delivers it, now or after an outage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.event_kinds import EventKind

CHANNEL = "comms_outbox"

_ANNOUNCE = text(
    """
    INSERT INTO outbox (run_id, purpose, news, next_try_at, tries) VALUES (:run, :purpose, 1, clock_timestamp(), 0)
    ON CONFLICT (run_id) DO UPDATE SET news = outbox.news + 1, next_try_at = least(outbox.next_try_at, clock_timestamp())
    """
)
_ANNOUNCE_ALL = text(
    """
    INSERT INTO outbox (run_id, purpose, news, next_try_at, tries)
    SELECT run_id, 'nudge', 1, clock_timestamp(), 0 FROM unnest(CAST(:runs AS uuid[])) AS run_id ORDER BY run_id
    ON CONFLICT (run_id) DO UPDATE SET news = outbox.news + 1, next_try_at = least(outbox.next_try_at, clock_timestamp())
    """
)
NOTIFY = text(f"NOTIFY {CHANNEL}")
_TAKE = text(
    """
    UPDATE outbox SET next_try_at = clock_timestamp() + make_interval(secs => :lease), tries = outbox.tries + 1
    FROM run JOIN client ON client.id = run.client_id LEFT JOIN sequence ON sequence.id = run.sequence_id
    WHERE run.id = outbox.run_id AND outbox.run_id IN (
        SELECT run_id FROM outbox WHERE next_try_at <= clock_timestamp()
        ORDER BY next_try_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING outbox.run_id, outbox.purpose, outbox.news, outbox.tries, run.kind, run.client_id, run.owner,
              run.state, run.closed_at IS NOT NULL AS closed, run.trace_parent, client.key AS client_key,
              coalesce(sequence.key, run.kind) AS sequence_key,
              run.roll_back_requested_by IS NOT NULL AND run.outcome <> 'rolled_back' AS to_roll_back
    """
)
_DELIVERED = text("DELETE FROM outbox WHERE run_id = :run AND news = :news")
_MORE_NEWS = text("UPDATE outbox SET purpose = 'nudge', next_try_at = clock_timestamp(), tries = 0 WHERE run_id = :run")
_STARTED = text(
    "UPDATE run SET started_at = clock_timestamp() WHERE id = :run AND started_at IS NULL RETURNING owner, client_id, lead_id"
)
_LATER = text(
    """
    UPDATE outbox SET last_error = :error, next_try_at = clock_timestamp() + make_interval(secs => :wait) WHERE run_id = :run
    """
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """One run that has news. `start` if its workflow does not exist yet, else `nudge`."""

    run_id: UUID
    purpose: str
    news: int
    tries: int
    kind: str
    client_id: UUID
    owner: str
    state: str
    closed: bool
    trace_parent: str | None
    client_key: str
    sequence_key: str
    to_roll_back: bool


def announce(session: Session, run_id: UUID, purpose: str = "nudge") -> None:
    """Say that a run has news, in the transaction that makes it. Repeated news of one run is one row."""
    session.execute(_ANNOUNCE, {"run": run_id, "purpose": purpose})
    session.execute(NOTIFY)


def announce_all(session: Session, run_ids: Sequence[UUID]) -> None:
    """Say that many runs have news, in one statement: whoever pauses a client with a thousand runs holds a lock meanwhile."""
    if run_ids:
        session.execute(_ANNOUNCE_ALL, {"runs": list(dict.fromkeys(run_ids))})
        session.execute(NOTIFY)


class Outbox:
    """The relay's side of the outbox. Several relays may run at once."""

    def __init__(self, engine: Engine, lease: timedelta = timedelta(seconds=30)) -> None:
        self.engine = engine
        self._lease = lease.total_seconds()

    def take(self, limit: int = 50) -> list[Announcement]:
        """Return due rows and keep them from other relays; those of a relay that dies meanwhile are due after the lease."""
        with transaction(self.engine) as session:
            rows = session.execute(_TAKE, {"limit": limit, "lease": self._lease}).mappings().all()
        return [Announcement(**row) for row in rows]

    def delivered(self, announcement: Announcement) -> None:
        """Forget a row, unless more news came in meanwhile: then it is due again."""
        with transaction(self.engine) as session:
            if announcement.purpose == "start" and not announcement.closed:
                started = session.execute(_STARTED, {"run": announcement.run_id}).first()
                if started is not None:
                    about = Subject(started.owner, started.client_id, announcement.run_id, started.lead_id)
                    events.record(session, EventKind.RUN_STARTED, Origin("relay"), about)
            gone = session.execute(_DELIVERED, {"run": announcement.run_id, "news": announcement.news})
            if not gone.rowcount:  # type: ignore[attr-defined]
                session.execute(_MORE_NEWS, {"run": announcement.run_id})

    def failed(self, announcement: Announcement, error: str, wait: float | None = None) -> None:
        """Try again after `wait` seconds, by default soon and at most a minute from now.

        `error` is a class name or a code, never a payload.
        """
        if wait is None:
            wait = min(60.0, 0.5 * 2 ** min(announcement.tries, 7))
        with transaction(self.engine) as session:
            session.execute(_LATER, {"run": announcement.run_id, "error": error, "wait": wait})
