"""Where the customers of a client leave reviews."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.database.tables.people import Client
from models.database.tables.review_requests import ReviewLocation
from models.digests.freshness import SourceStatus


def put(session: Session, client: Client, key: str, given: dict[str, Any], by: str) -> tuple[ReviewLocation, bool]:
    """Enter a location under (client, key), or change those of its fields that are given.

    Returns it, and whether it is new. One whose account at Google changes is read anew, from the beginning.
    """
    new = ReviewLocation(client_id=client.id, key=key, created_by=by, **({"time_zone": client.time_zone} | given))
    statement = insert(ReviewLocation).values(new.model_dump(exclude_none=True)).on_conflict_do_nothing()
    added = session.execute(statement.returning(col(ReviewLocation.id))).first()
    location = session.exec(_of(client.id, key).with_for_update()).one()
    if added is None:
        if given.get("google_name", location.google_name) != location.google_name:
            location.read_state, location.read_problem = SourceStatus.NOT_CONNECTED, ""
            location.read_through = location.read_at = location.read_again_at = None
        location.sqlmodel_update(given)
        session.flush()
    return location, added is not None


def by_key(session: Session, client_id: UUID, key: str) -> ReviewLocation | None:
    """Return a location, or None."""
    return session.exec(_of(client_id, key)).first()


def of_client(session: Session, client_id: UUID) -> list[ReviewLocation]:
    """Return the locations of a client, by key."""
    query = select(ReviewLocation).where(col(ReviewLocation.client_id) == client_id)
    return list(session.exec(query.order_by(col(ReviewLocation.key))))


def _of(client_id: UUID, key: str) -> SelectOfScalar[ReviewLocation]:
    return select(ReviewLocation).where(col(ReviewLocation.client_id) == client_id, col(ReviewLocation.key) == key)
