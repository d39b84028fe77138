"""What must be said of sources that are not quite complete when a digest is made all the same."""

from datetime import date

from models.digests.caveats import Caveat, CaveatCode
from models.digests.figures import Period
from models.digests.freshness import SourceState, SourceStatus, coverage, status_of
from models.digests.sources import IN_WORDS, SourceName

_BEHIND = frozenset({SourceStatus.LAGGING, SourceStatus.STALE, SourceStatus.AUTH_LOST})


def is_left_out(state: SourceState, period: Period) -> bool:
    """Return whether a source has nothing at all to say of a period."""
    return not state.is_connected or coverage(state, period) == 0


def caveats_of(state: SourceState, period: Period, today: date) -> tuple[Caveat, ...]:
    """Return what a reader must know about a source, on a day of the client's calendar; nothing if it is complete."""
    source = SourceName(state.source)
    if is_left_out(state, period):
        return (Caveat(code=CaveatCode.SOURCE_MISSING, particulars={"source": IN_WORDS[source]}),)
    if status_of(state, period, today) not in _BEHIND:
        return ()
    if source is SourceName.QUICKBOOKS and state.synced_at is not None:
        return (Caveat(code=CaveatCode.QBO_STALE, particulars={"synced_at": state.synced_at}),)
    if source is SourceName.SEARCH_CONSOLE and state.complete_through is not None:
        if state.complete_through >= period.last:
            return ()  # access was lost after everything had been read
        return (Caveat(code=CaveatCode.GSC_LAG, particulars={"complete_through": state.complete_through}),)
    return ()
