"""Our own rows as a source of figures: leads, missed calls, messages, replies, booked jobs. Counts only."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from models.database.engine import snapshot
from models.digests.caveats import Caveat, CaveatCode
from models.digests.figures import Figure, Unit
from models.digests.periods import bounds
from models.digests.sources import AskedPeriod, Reading, SourceName

LABELS = {
    "leads": "New leads",
    "missed_calls": "Missed calls that we followed up",
    "messages": "Messages sent to leads",
    "replies": "Replies from leads",
    "booked": "Booked jobs among these leads",
}
SETTLED_AFTER = timedelta(hours=1)
"""What came in is complete this long after a period ends: what was missed has been read from the providers' lists by then."""
WORTH_SAYING = timedelta(hours=1)
"""Shorter outages and pauses are not worth a sentence in a report."""

_COUNTS = text(
    """
    SELECT
        (SELECT count(*) FROM lead WHERE client_id = :client AND received_at >= :begins AND received_at < :over
            AND source <> 'import') AS leads,
        (SELECT count(DISTINCT e.dedupe_key) FROM lead_event e WHERE e.client_id = :client AND e.source = 'missed_call'
            AND NOT e.is_test AND e.run_id IS NOT NULL AND coalesce(e.occurred_at, e.received_at) >= :begins
            AND coalesce(e.occurred_at, e.received_at) < :over) AS missed_calls,
        (SELECT count(*) FROM message m JOIN run r ON r.id = m.run_id WHERE m.client_id = :client AND m.state = 'accepted'
            AND m.audience = 'contact' AND r.lead_id IS NOT NULL AND m.accepted_at >= :begins AND m.accepted_at < :over
        ) AS messages,
        (SELECT count(DISTINCT inbox_id) FROM reply WHERE client_id = :client AND lead_id IS NOT NULL
            AND at >= :begins AND at < :over) AS replies,
        (SELECT count(*) FROM lead l WHERE l.client_id = :client AND l.received_at >= :begins AND l.received_at < :over
            AND l.source <> 'import'
            AND EXISTS (SELECT 1 FROM current_outcome o WHERE o.lead_id = l.id AND o.counts)) AS booked
    """
)
_PAUSES = text(
    """
    SELECT lower(span) AS began, upper(span) AS ended FROM (
        SELECT unnest(range_agg(tstzrange(greatest(at, :begins), least(coalesce(lifted_at, 'infinity'), :over)))) AS span
        FROM pause
        WHERE (scope IN ('everything', 'kind:outreach', 'client:' || CAST(:client AS text))
               OR scope LIKE 'channel:' || CAST(:client AS text) || ':%' OR scope LIKE 'provider:%')
          AND at < :over AND coalesce(lifted_at, 'infinity') > :begins
    ) paused WHERE upper(span) - lower(span) >= :worth_saying ORDER BY began
    """
)
_GAPS = text(
    """
    SELECT greatest(began_at, :begins) AS began, least(ended_at, :over) AS ended FROM inbound_gap
    WHERE began_at < :over AND ended_at > :begins AND ended_at - began_at >= :worth_saying ORDER BY began_at
    """
)


class OwnRows:
    """Reads what the service itself knows of a client.

    Args:
        engine: the way to the rows; only read.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, client_id: UUID, asked: AskedPeriod) -> Reading:
        """Return the counts of a period in the client's zone, and when we paused or did not hear."""
        begins, over = (moment.astimezone(UTC) for moment in bounds(asked.period, asked.zone))
        where = {"client": client_id, "begins": begins, "over": over}
        now = datetime.now(UTC)
        with snapshot(self._engine) as session:
            counts = session.execute(_COUNTS, where).mappings().one()
            spans = where | {"worth_saying": WORTH_SAYING}
            pauses = session.execute(_PAUSES, spans).all()
            gaps = session.execute(_GAPS, {name: spans[name] for name in ("begins", "over", "worth_saying")}).all()
        caveats = [
            _spanned(code, began, ended, asked.zone)
            for code, found in ((CaveatCode.PAUSED_AUTOMATION, pauses), (CaveatCode.CALL_TRACKING_GAP, gaps))
            for began, ended in found
        ]
        is_settled = now >= over + SETTLED_AFTER
        return Reading(
            figures=tuple(_figure(key, counts[key], asked, now) for key in LABELS),
            complete_through=asked.period.last if is_settled else asked.period.first - timedelta(days=1),
            caveats=tuple(caveats),
            synced_at=now,
        )


def _figure(key: str, count: int, asked: AskedPeriod, now: datetime) -> Figure:
    return Figure(
        key=key,
        label=LABELS[key],
        value=Decimal(count),
        unit=Unit.COUNT,
        source=SourceName.OWN,
        period=asked.period,
        as_of=now,
    )


def _spanned(code: CaveatCode, began: datetime, ended: datetime, zone: str) -> Caveat:
    last = (ended - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return Caveat(code=code, particulars={"first": began.astimezone(ZoneInfo(zone)).date(), "last": last})
