"""The auditor: one query that sets the ledger beside what the providers say. Every count must be 0.

The order of claims, opt-outs, pauses and decisions is that of their commits, which is why their rows are never updated
and the server must keep commit times (`track_commit_timestamp`). With request logs run it when no send is in progress: a call
between the reading of the logs and the reading of the rows would look like a violation. A record of a provider's list says
until when it is complete.
"""

import json
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from models.audit import FROM_MARKS, FROM_RECORDS, FROM_TOLD, INVARIANTS, AuditReport, Finding, ProviderRecord, Totals
from models.database.audit_query import AUDIT, TOTALS
from models.database.permission import marks
from models.database.permission.consent import REOPENING_SOURCES
from models.database.sending.evidence import IN_DOUBT_TASK
from models.errors import CommsError
from models.patience_settings import TimerSettings

_USUAL = TimerSettings()

_CALLS = text(
    """
    CREATE TEMPORARY TABLE provider_call (
        provider text, seq bigint, at timestamptz, operation text, accepted boolean, token_hash text, to_sha256 text,
        body_sha256 text, provider_id text, fault text) ON COMMIT DROP
    """
)
_LOAD = text(
    "INSERT INTO provider_call SELECT * FROM jsonb_populate_recordset(NULL::provider_call, CAST(:calls AS jsonb))"
)
_RECEIVED = text("CREATE TEMPORARY TABLE received (provider text, provider_id text) ON COMMIT DROP")
_LOAD_RECEIVED = text(
    "INSERT INTO received SELECT * FROM jsonb_to_recordset(CAST(:received AS jsonb)) AS r(provider text, provider_id text)"
)
_TOLD = text("CREATE TEMPORARY TABLE told (provider text, key text, token_hash text) ON COMMIT DROP")
_LOAD_TOLD = text("INSERT INTO told SELECT * FROM jsonb_populate_recordset(NULL::told, CAST(:told AS jsonb))")
_WITHIN = text("SELECT set_config('statement_timeout', :milliseconds, true)")
_ANALYZE = text("ANALYZE provider_call; ANALYZE told")


class TookTooLong(CommsError):
    """An audit that somebody waited for was given up."""


def audit(
    engine: Engine, record: ProviderRecord | None, timers: TimerSettings = _USUAL, within: timedelta | None = None
) -> AuditReport:
    """Compare the ledger with what the providers say. Reads only, from one snapshot; safe to repeat.

    Args:
        engine: the way to the rows.
        record: see `models.audit.read_record`; None if the providers' word is not at hand, which leaves out what cannot
            be checked without it (`FROM_RECORDS`).
        timers: those of the service, which say how long a doubt may last.
        within: how long it may take, where somebody waits for it; None for as long as it takes.

    Raises:
        TookTooLong: it could not be done within that time.
    """
    try:
        return _audit(engine, record, timers, within)
    except OperationalError as error:
        if within is not None and isinstance(error.orig, QueryCanceled):
            raise TookTooLong(f"the rows could not be checked within {within.total_seconds():.0f} seconds") from None
        raise


def _audit(
    engine: Engine, record: ProviderRecord | None, timers: TimerSettings, within: timedelta | None
) -> AuditReport:
    said = record or ProviderRecord(())
    grace = 5 * timers.start_to_close  # so many looks may be missed in a row, because reconcilers died over them
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        if within is not None:
            connection.execute(_WITHIN, {"milliseconds": str(int(within.total_seconds() * 1000))})
        _load(connection, said)
        where = {
            "reopening": list(REOPENING_SOURCES),
            "in_doubt": IN_DOUBT_TASK,
            "providers": sorted(said.providers),
            "since": said.since,
            "until": said.until,
            "tellers": sorted(said.tellers),
            "told_until": said.told_until,
            "grace": grace,
            "doubt_lasts": max(2 * timers.checks[-1], timers.email_patience) + grace,
        }
        found = {
            row.invariant: Finding(row.invariant, row.bad, tuple(row.examples))
            for row in connection.execute(AUDIT, where)
        }
        altered = marks.altered_in(connection)
        if altered:
            found["I22"] = Finding("I22", len(altered), tuple(altered[:5]))
        totals: dict[str, Any] = dict(connection.execute(TOTALS).mappings().one())
    unchecked = (FROM_TOLD if not said.tellers else frozenset()) | (FROM_RECORDS if record is None else frozenset())
    unchecked |= FROM_MARKS if altered is None else frozenset()
    findings = tuple(found.get(name, Finding(name, 0)) for name in INVARIANTS if name not in unchecked)
    counted = {finding.invariant: finding.bad for finding in findings}
    totals["lost"] += counted.get("I4", 0)
    unexplained = counted["I7"] + counted["I8"] + counted["I16"]
    faults = Counter(call.fault for call in said.calls if call.fault)
    return AuditReport(findings, Totals(**totals, unexplained=unexplained), record is not None, dict(faults))


def _load(connection: Connection, record: ProviderRecord) -> None:
    connection.execute(_CALLS)
    connection.execute(_LOAD, {"calls": json.dumps([asdict(call) for call in record.calls], default=str)})
    connection.execute(_RECEIVED)
    connection.execute(_LOAD_RECEIVED, {"received": json.dumps([asdict(one) for one in record.received])})
    connection.execute(_TOLD)
    connection.execute(_LOAD_TOLD, {"told": json.dumps([asdict(one) for one in record.told])})
    connection.execute(_ANALYZE)
