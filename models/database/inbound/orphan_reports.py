"""Reports of attempts whose rows were lost: their token still names the message, which is proof that it left."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, text

from models.database import events
from models.database.engine import transaction
from models.database.inbound import reports
from models.database.inbound.callbacks import UNKNOWN_TOKEN, UNSEALED, apply_report, set_aside
from models.database.inbound.reports import Report, UnreadableReport
from models.database.recovery import recovered
from models.database.recovery.recovered import RECOVERY
from models.identity import callback_token, token_hash
from models.sealing import KeyRing, UnreadableSeal

LOST_ATTEMPTS = 5
"""How many attempts of one message may have been lost; each that the provider put off was one."""

_ORPHANS = text(
    """
    SELECT id, kind, token_hash, sealed_with, sealed_body, received_at FROM inbox
    WHERE state = :state AND kind IN ('status', 'event') AND received_at >= :since ORDER BY received_at
    """
)
_UNSENT = text(
    """
    SELECT m.id, m.fence FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.audience = 'contact' AND m.state = ANY(:states) AND (r.closed_at IS NULL OR r.closed_at >= :since)
    """
)
_TAKEN_IN = text("UPDATE inbox SET state = 'done' WHERE id = :id")


def bind(engine: Engine, ring: KeyRing, key: bytes, since: datetime) -> None:
    """Recover what reports that found no attempt prove to have left. Safe to repeat.

    One that cannot be opened or read proves nothing; it is set aside for an engineer and keeps no other waiting.
    """
    with transaction(engine) as session:
        orphans = session.execute(_ORPHANS, {"state": UNKNOWN_TOKEN.state, "since": since}).all()
        unsent = session.execute(_UNSENT, {"states": list(recovered.UNSENT), "since": since}).all() if orphans else []
    lost = {
        token_hash(callback_token(key, row.id, fence)): (row.id, fence)
        for row in unsent
        for fence in range(row.fence + 1, row.fence + 1 + LOST_ATTEMPTS)
    }
    for orphan in orphans:
        try:
            report = reports.read(
                orphan.kind, ring.open(orphan.sealed_with, bytes(orphan.sealed_body)), orphan.token_hash
            )
        except UnreadableReport:
            continue
        except UnreadableSeal:
            with transaction(engine) as session:
                set_aside(session, orphan.id, UNSEALED, RECOVERY)
                events.close_tasks(session, UNKNOWN_TOKEN.task, str(orphan.id), RECOVERY)
            continue
        _take_in(engine, key, orphan.id, report, lost, orphan.received_at)


def _take_in(
    engine: Engine, key: bytes, inbox_id: UUID, report: Report, lost: dict[str, tuple[UUID, int]], at: datetime
) -> None:
    if report.token_hash in lost:
        message_id, fence = lost[report.token_hash]
        recovered.bind(engine, key, message_id, report.finding, at, fence)
    with transaction(engine) as session:
        # The attempt may have been written by an earlier report, or by the provider's list.
        if report.token_hash is not None and apply_report(session, report.token_hash, report.finding, RECOVERY):
            session.execute(_TAKEN_IN, {"id": inbox_id})
            events.close_tasks(session, UNKNOWN_TOKEN.task, str(inbox_id), RECOVERY)
