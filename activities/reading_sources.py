"""Reading every source of a digest, and the gate that says whether what they gave is enough."""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from temporalio import activity

from activities.declared_undos import has_no_undo
from activities.digest_ports import FigureSource, OwnSource, SourceRows
from models.digests.figures import Period
from models.digests.freshness import Readiness, SourceState, readiness
from models.digests.reading import DigestToRead, Wanted
from models.digests.sources import AskedPeriod, Reading, SourceName, Trouble
from models.digests.travelling import GateReading, ReadOrder
from models.errors import AccessLost, SourceRefusal, TryAgain

AFTER_FAILURE = timedelta(minutes=15)
"""When a source is asked again that did not answer."""
AFTER_LAG = timedelta(hours=6)
"""When sources are asked again that are merely behind."""

AFTER_HOLD = timedelta(days=1)
"""When sources are asked again while a person must connect one; connecting it is news by itself."""


class SourceActivities:
    """Asks the sources; their failures are states, never errors of a run.

    Args:
        rows: what is to be read, and where it is kept.
        sources: how each outside source is read.
        own: our own rows.
    """

    def __init__(self, rows: SourceRows, sources: Mapping[SourceName, FigureSource], own: OwnSource) -> None:
        self._rows = rows
        self._sources = sources
        self._own = own

    @activity.defn(no_thread_cancel_exception=True)  # else a new refresh token could get lost between source and row
    @has_no_undo("it reads the sources, and keeps what they say in rows of ours")
    def read_sources(self, order: ReadOrder) -> GateReading:
        """Read every source of the digest and say whether it can be made. Safe to repeat: figures are kept once.

        One source that fails does not keep the others from being read.
        """
        digest = self._rows.to_read(order.run_id)
        states, waits = [], [AFTER_LAG]
        for wanted in digest.wanted:
            state, wait = self._state(order, digest, wanted)
            states.append(state)
            waits.append(wait)
        today = order.at.astimezone(ZoneInfo(digest.zone)).date()
        found = readiness(tuple(states), digest.period, today)
        self._rows.gated(order.run_id, found)
        after = AFTER_HOLD if found is Readiness.HOLD else min(waits)
        return GateReading(readiness=found, look_again_after=after)

    def _state(self, order: ReadOrder, digest: DigestToRead, wanted: Wanted) -> tuple[SourceState, timedelta]:
        run_id, at = order.run_id, order.at
        try:
            readings = self._readings(digest, wanted)
        except AccessLost as lost:
            return self._rows.failed(run_id, wanted, Trouble.LOST, str(lost), at), AFTER_LAG
        except SourceRefusal as refusal:
            return self._rows.failed(run_id, wanted, Trouble.REFUSED, str(refusal), at), AFTER_LAG
        except TryAgain as away:
            state = self._rows.failed(run_id, wanted, Trouble.AWAY, str(away), at)
            return state, max(away.after or AFTER_FAILURE, timedelta(minutes=1))
        return self._rows.keep(run_id, wanted, readings, at), AFTER_LAG

    def _readings(self, digest: DigestToRead, wanted: Wanted) -> dict[Period, Reading]:
        periods = (digest.period, *digest.earlier)
        if wanted.source is SourceName.OWN:
            return {one: self._own.read(digest.client_id, AskedPeriod(period=one, zone=digest.zone)) for one in periods}
        if wanted.connection is None or wanted.source not in self._sources:
            return {}
        source, connection = self._sources[wanted.source], wanted.connection
        access = source.authorise(connection)
        if access.refresh_token != connection.refresh_token:
            self._rows.keep_token(connection.id, access.refresh_token)  # before anything else: the old one has ended
        return {one: source.read(access, connection, AskedPeriod(period=one, zone=digest.zone)) for one in periods}
