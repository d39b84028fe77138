"""How fresh each source of a client is, as the newest try to read it has shown."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.database.tables.reports import SourceStanding
from models.digests.figures import Period
from models.digests.freshness import SourceState, SourceStatus, coverage, status_of
from models.digests.sources import USUAL_LAG, SourceName


def of_client(session: Session, client_id: UUID) -> Sequence[SourceStanding]:
    """Return how the sources of a client stand, by source and location."""
    query = select(SourceStanding).where(col(SourceStanding.client_id) == client_id)
    return session.exec(query.order_by(col(SourceStanding.source), col(SourceStanding.location))).all()


def note(
    session: Session,
    client_id: UUID,
    location: str,
    state: SourceState,
    period: Period,
    tried_at: datetime,
    problem: str,
) -> None:
    """Keep how a source stands for a period after a try to read it.

    Args:
        session: the caller's transaction.
        client_id: whose source it is.
        location: of which place; empty for all.
        state: as it was found.
        period: what was to be read.
        tried_at: when; aware.
        problem: why it could not be read, as a code; empty if it could.
    """
    known = {
        "status": status_of(state, period, tried_at.date()).value,
        "complete_through": state.complete_through,
        "covered_days": state.covered_days,
        "coverage": coverage(state, period),
        "synced_at": state.synced_at,
        "auth_lost_at": state.auth_lost_at,
        "tried_at": tried_at,
        "problem": problem,
    }
    place = {"client_id": client_id, "source": state.source, "location": location}
    row = insert(SourceStanding).values(**place, **known)
    session.execute(row.on_conflict_do_update(index_elements=["client_id", "source", "location"], set_=known))


def state_of(row: SourceStanding | None, source: SourceName, *, required: bool) -> SourceState:
    """Return what the rows know of a source, nothing if nobody has tried to read it."""
    return SourceState(
        source=source,
        is_required=required,
        is_connected=row is None or row.status != SourceStatus.NOT_CONNECTED,
        auth_lost_at=row.auth_lost_at if row else None,
        complete_through=row.complete_through if row else None,
        synced_at=row.synced_at if row else None,
        usual_lag=USUAL_LAG[source],
        covered_days=row.covered_days if row else None,
    )
