"""The sources of a digest on PostgreSQL: what is to be read, what was read, and how each source stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session

from models.database import events, runs
from models.database.engine import transaction
from models.database.events import Origin, TaskOrder
from models.database.reports import connections, figures, opening, settings, standings
from models.database.reports.connections import RECONNECT_TASK, REFUSED_TASK
from models.database.tables.people import Client
from models.database.tables.reports import ReportPeriod, SourceConnection, SourceStanding
from models.digests.figures import Figure, Period
from models.digests.freshness import Readiness, SourceState
from models.digests.periods import Cadence, before
from models.digests.reading import DigestToRead, Wanted
from models.digests.sources import CONNECTABLE, IN_WORDS, USUAL_LAG, Connection, Reading, SourceName, Trouble
from models.event_kinds import EventKind
from models.sealing import KeyRing
from models.terms import RunState

LOOK_BACK = 3
"""How many earlier digests are looked over again for figures that have changed since."""
WORKFLOW = Origin("workflow")
_RECONNECT = (
    "{source} no longer lets us read this client's account. Ask the client to allow it again, then connect it with "
    "`comms reports connect` (PUT /v1/clients/KEY/report-sources/{name}). Digests that wait for it go on by themselves."
)
_REFUSED = (
    "A source will not answer our question; the code below says why. Have the account or our set-up put right. It is asked "
    "again by itself, and the digest says what it lacks."
)

_STATE_OF_RUN = {Readiness.WAIT: RunState.HELD, Readiness.HOLD: RunState.AWAITING_PERSON}


class SourceRows:
    """Implements what the activities need to read sources.

    Args:
        engine: the way to the rows.
        ring: seals and opens refresh tokens.
    """

    def __init__(self, engine: Engine, ring: KeyRing) -> None:
        self._engine = engine
        self._ring = ring

    def to_read(self, run_id: UUID) -> DigestToRead:
        """Return what to read for a run: the period, the one before, and what was shown lately. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            report = settings.existing(session, row.report_id)
            period = Period(first=row.starts, last=row.ends)
            shown = figures.shown_periods(session, report.id, row.starts, LOOK_BACK)
            earlier = dict.fromkeys([before(period, Cadence(report.cadence)), *shown])
            required, optional = report.required_sources, report.optional_sources
            accounts = connections.of_client(session, row.client_id)
            wanted = [
                one
                for name, needed in [*((name, True) for name in required), *((name, False) for name in optional)]
                for one in self._wanted(SourceName(name), needed, accounts)
            ]
            zone = session.get_one(Client, row.client_id).time_zone
            return DigestToRead(
                client_id=row.client_id, period=period, zone=zone, earlier=tuple(earlier), wanted=tuple(wanted)
            )

    def keep_token(self, connection_id: UUID, refresh_token: str) -> None:
        """Keep the refresh token that a source has given instead of the one before."""
        with transaction(self._engine) as session:
            connections.keep_token(session, connection_id, refresh_token, self._ring)

    def keep(self, run_id: UUID, wanted: Wanted, readings: Mapping[Period, Reading], at: datetime) -> SourceState:
        """Keep what was read, and return how the source stands now. Safe to repeat; no readings: it is not connected."""
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            period = Period(first=row.starts, last=row.ends)
            for asked, reading in readings.items():
                placed = [_with_place(one, wanted.location) for one in reading.figures]
                figures.keep(session, run_id, row.client_id, row.report_id, asked.first, placed)
            main = readings.get(period)
            if main is not None:
                said = [caveat.said.model_dump(mode="json") for caveat in main.caveats]
                row.caveats = {**row.caveats, wanted.place: said}
            state = _state(wanted, main)
            standings.note(session, row.client_id, wanted.location, state, period, _local(session, row, at), "")
            if wanted.connection is not None:
                for task in (RECONNECT_TASK, REFUSED_TASK):
                    events.close_tasks(session, task, str(wanted.connection.id), WORKFLOW)
            return state

    def failed(self, run_id: UUID, wanted: Wanted, trouble: Trouble, problem: str, at: datetime) -> SourceState:
        """Keep that a source could not be read, and return how it stands: as far as it was read before. Safe to repeat.

        If access was lost or it refuses, the owner has a task.
        """
        with transaction(self._engine) as session:
            row = opening.of_run(session, run_id)
            period = Period(first=row.starts, last=row.ends)
            place = (row.client_id, wanted.source.value, wanted.location)
            stored = session.get(SourceStanding, place)
            state = standings.state_of(stored, wanted.source, required=wanted.is_required)
            if trouble is Trouble.LOST:
                state = state.model_copy(update={"auth_lost_at": state.auth_lost_at or at})
            run = runs.existing(session, run_id)
            if stored is None or stored.problem != problem:
                facts = {"source": wanted.place, "trouble": trouble}
                events.record(session, EventKind.SOURCE_FAILED, WORKFLOW, runs.subject(run), problem, **facts)
            standings.note(session, row.client_id, wanted.location, state, period, _local(session, row, at), problem)
            if trouble is not Trouble.AWAY and wanted.connection is not None:
                events.open_task(
                    session, _task(wanted, wanted.connection, trouble, problem), runs.subject(run), WORKFLOW
                )
            return state

    def gated(self, run_id: UUID, found: Readiness) -> None:
        """Note what the gate has said, for those who look at the run."""
        with transaction(self._engine) as session:
            runs.move(session, run_id, _STATE_OF_RUN.get(found, RunState.SENDING))

    def _wanted(self, source: SourceName, is_required: bool, accounts: Sequence[SourceConnection]) -> list[Wanted]:
        mine = [connections.opened(row, self._ring) for row in accounts if row.source == source]
        if source not in CONNECTABLE or not mine:
            return [Wanted(source=source, is_required=is_required)]
        return [Wanted(source=source, location=one.location, is_required=is_required, connection=one) for one in mine]


def _task(wanted: Wanted, connection: Connection, trouble: Trouble, problem: str) -> TaskOrder:
    evidence = {"source": wanted.place, "code": problem}
    if trouble is Trouble.REFUSED:
        return TaskOrder(REFUSED_TASK, str(connection.id), _REFUSED, evidence)
    instruction = _RECONNECT.format(source=IN_WORDS[wanted.source], name=wanted.source.value)
    return TaskOrder(RECONNECT_TASK, str(connection.id), instruction, evidence)


def _state(wanted: Wanted, reading: Reading | None) -> SourceState:
    return SourceState(
        source=wanted.source,
        is_required=wanted.is_required,
        is_connected=reading is not None,
        complete_through=reading.complete_through if reading else None,
        synced_at=reading.synced_at if reading else None,
        usual_lag=USUAL_LAG[wanted.source],
        covered_days=reading.covered_days if reading else None,
    )


def _with_place(figure: Figure, location: str) -> Figure:
    """Return a figure that says of which place it is, for a client with several."""
    placed = {"label": f"{figure.label} ({location})", "source": f"{figure.source}/{location}"}
    return figure.model_copy(update=placed) if location else figure


def _local(session: Session, row: ReportPeriod, at: datetime) -> datetime:
    """Return a moment in the client's zone, by whose calendar a source is late."""
    return at.astimezone(ZoneInfo(session.get_one(Client, row.client_id).time_zone))
