"""An audit's side of the rows: when one is due, what the ledger has of a provider's list, and the report."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.audit import AuditReport, ProviderRecord
from models.audit import Received as Came
from models.database import events
from models.database.audit import audit
from models.database.engine import now, transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.recovery import inquiries
from models.database.recovery.inquiries import AUDIT
from models.database.sealed_text import opened
from models.listed_calls import Unanswered, Wording, listed_calls
from models.patience_settings import TimerSettings
from models.receiving import OVERLAP, Received
from models.reconciling import Doubt
from models.recovering import Asked, Recorded
from models.sealing import KeyRing

VIOLATION_TASK, ABOUT = "audit_violation", "ledger"
AUDITOR = Origin("audit")
ENGINEER = Subject(owner="engineer")
USUAL_OVERLAP = timedelta(hours=1)

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('whether an audit is due', 0))")
_IS_DUE = text(
    """
    SELECT coalesce(max(finished_at), (SELECT at FROM ledger_epoch)) <= clock_timestamp() - CAST(:every AS interval)
        AND count(*) FILTER (WHERE finished_at IS NULL) = 0
    FROM inquiry WHERE kind = :kind
    """
)
# From the one before on, with an overlap; and as far back as what an engineer still has on the list was found.
_USUALLY_SINCE = text(
    """
    SELECT least(clock_timestamp() - CAST(:every AS interval), max(asked_at)) - CAST(:overlap AS interval) AS usual,
        (SELECT (t.evidence ->> 'since')::timestamptz FROM owner_task t
         WHERE t.kind = :task AND t.subject = :about AND t.closed_at IS NULL) AS on_the_list
    FROM inquiry WHERE kind = :kind AND finished_at IS NOT NULL
    """
)
_BOUND = text(
    """
    SELECT provider_message_id, body, sealed_with, content_hash FROM message
    WHERE provider = :provider AND provider_message_id = ANY(:ids)
    """
)
_UNANSWERED = text(
    """
    SELECT a.token_hash, m.content_hash, m.body, m.sealed_with, m.id AS message_id, a.fence, m.provider, m.address,
        m.checks_done, a.started_at AS claimed_at, a.started_at + CAST(:lease AS interval) AS lease_until
    FROM attempt a JOIN message m ON m.id = a.message_id
    WHERE m.provider = :provider AND m.address = ANY(:addresses) AND a.outcome IS DISTINCT FROM 'accepted'
        AND a.started_at >= :since
    """
)
_NOTE = text(
    "UPDATE owner_task SET evidence = CAST(:told AS jsonb) WHERE kind = :kind AND subject = :about AND closed_at IS NULL"
)
_REACHES = text(
    """
    SELECT coalesce(bool_and((evidence ->> 'since')::timestamptz >= :since), true) FROM owner_task
    WHERE kind = :kind AND subject = :about AND closed_at IS NULL
    """
)


class Audits:
    """Rows of a ledger that is set beside a provider's list.

    Args:
        engine: the way to the rows.
        ring: opens wording that is sealed at rest.
        timers: how often an audit is due, and how long a call or a received text may take until it is in the rows.
    """

    def __init__(self, engine: Engine, ring: KeyRing, timers: TimerSettings) -> None:
        self._engine = engine
        self._ring = ring
        self._timers = timers

    def ask_if_due(self) -> None:
        """Ask for an audit if the newest one is too old and none waits. The first is due so long after the first start."""
        with transaction(self._engine) as session:
            session.execute(_ONE_AT_A_TIME)
            if session.execute(_IS_DUE, {"kind": AUDIT, "every": self._timers.audit}).scalar_one():
                inquiries.ask(session, usual_since(session, self._timers), events.SYSTEM, AUDIT)

    def taken(self) -> AbstractContextManager[Asked | None]:
        """Give what was asked for to this process, until the end of the block; None if there is nothing."""
        return inquiries.taken(self._engine, AUDIT)

    def complete_until(self) -> datetime:
        """Return up to when calls are in the rows, and so in a list that is read from now on."""
        with transaction(self._engine) as session:
            return now(session) - self._timers.lease

    def progress(self, asked: Asked, read: int) -> None:
        """Note how many of the provider's messages have been read."""
        inquiries.progress(self._engine, asked.id, read)

    def interrupted(self, asked: Asked, code: str) -> None:
        """Note what stands in the way now."""
        inquiries.interrupted(self._engine, asked.id, code)

    def record(
        self, asked: Asked, provider: str, sent: Sequence[Recorded], received: Sequence[Received], until: datetime
    ) -> ProviderRecord:
        """Return what a provider's list says, set beside the rows.

        A text that came in within `timers.backfill` before `until` is left out: if its web hook was lost, the regular
        reading of the list may be about to take it in.
        """
        with transaction(self._engine) as session:
            bound = self._bound(session, provider, sent)
            unanswered = self._unanswered(session, provider, sent, asked.since - OVERLAP)
        return ProviderRecord(
            calls=list(listed_calls(provider, sent, bound, unanswered, until)),
            received=[
                Came(provider, one.provider_id) for one in received if one.received_at < until - self._timers.backfill
            ],
            providers=frozenset({provider}),
            since=asked.since,
            until=until,
        )

    def finish(self, asked: Asked, record: ProviderRecord | None) -> AuditReport:
        """Audit, keep the report, and put what is violated on an engineer's list or take it off.

        Args:
            asked: the audit.
            record: see `record`; None if there is no account at any provider that keeps a list: the rows alone are checked.
        """
        found = audit(self._engine, record, self._timers)
        said = found.as_json() | {
            "providers": sorted(record.providers) if record else [],
            "until": record.until.isoformat() if record and record.until else None,
        }
        with transaction(self._engine) as session:
            inquiries.report(session, asked.id, is_finished=True, **said)
            _tell(session, asked, found)
        return found

    def _bound(self, session: Session, provider: str, sent: Sequence[Recorded]) -> dict[str, Wording]:
        where = {"provider": provider, "ids": [one.listed.provider_id for one in sent]}
        return {
            row.provider_message_id: Wording(opened(self._ring, row.sealed_with, row.body), row.content_hash)
            for row in session.execute(_BOUND, where)
        }

    def _unanswered(
        self, session: Session, provider: str, sent: Sequence[Recorded], since: datetime
    ) -> list[Unanswered]:
        addresses = list({one.listed.to for one in sent})
        where = {"provider": provider, "addresses": addresses, "since": since, "lease": self._timers.lease}
        return [self._attempt(**row) for row in session.execute(_UNANSWERED, where).mappings()]

    def _attempt(
        self, token_hash: str, content_hash: str, body: str, sealed_with: str | None, **row: Any
    ) -> Unanswered:
        return Unanswered(Doubt(body=opened(self._ring, sealed_with, body), **row), token_hash, content_hash)


def usual_since(session: Session, timers: TimerSettings) -> datetime:
    """Return from when on to audit if nobody says: what no audit has seen yet, and what was found broken and is not closed."""
    about = {"kind": AUDIT, "task": VIOLATION_TASK, "about": ABOUT}
    found = session.execute(_USUALLY_SINCE, about | {"every": timers.audit, "overlap": USUAL_OVERLAP}).one()
    since: datetime = min(found.usual, found.on_the_list or found.usual)
    return since


def _tell(session: Session, asked: Asked, found: AuditReport) -> None:
    about = {"kind": VIOLATION_TASK, "about": ABOUT}
    if not session.execute(_REACHES, about | {"since": asked.since}).scalar_one():
        return  # what is on the list was found further back, of which this audit says nothing
    if found.is_clean:
        events.close_tasks(session, VIOLATION_TASK, ABOUT, AUDITOR)
        return
    told = {
        "audit": str(asked.id),
        "since": asked.since.isoformat(),
        "violated": {
            one.invariant: {"bad": one.bad, "examples": list(one.examples)} for one in found.findings if one.bad
        },
    }
    if not events.open_task(session, TaskOrder(VIOLATION_TASK, ABOUT, _LOOK_INTO_IT, told), ENGINEER, AUDITOR):
        session.execute(_NOTE, about | {"told": json.dumps(told)})


_LOOK_INTO_IT = (
    "An audit of the ledger against the providers' lists has found promises broken. `comms audit --providers` says each in words; "
    "the evidence has ids of messages, runs and of the providers' messages, for `comms explain`. Pause sending first if people may "
    "be getting what they should not. What the ledger has lost, `comms reconcile` takes in. An audit that reaches as far back and "
    "finds nothing closes this task."
)
