"""One active enrollment per contact and purpose: two runs with the same purpose would speak to one person in two voices."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.locks import lock_scope

_FOUND = text(
    """
    SELECT run_id FROM active_enrollment
    WHERE client_id = :client AND purpose = :purpose AND address_hash = ANY(:hashes) ORDER BY since LIMIT 1
    """
)
_ENROLLED = text(
    """
    INSERT INTO active_enrollment (client_id, purpose, address_hash, run_id)
    SELECT :client, :purpose, address_hash, :run FROM unnest(CAST(:hashes AS text[])) AS address_hash
    """
)
_ENDED = text("DELETE FROM active_enrollment WHERE run_id = :run")


def open_run(session: Session, client_id: UUID, purpose: str, hashes: Iterable[str]) -> UUID | None:
    """Return the run that any of these addresses is enrolled in for a purpose, or None.

    Until the end of the transaction nobody else enrolls them for it.
    """
    ordered = sorted(set(hashes))
    for hashed in ordered:
        lock_scope(session, f"enrollment:{purpose}:{hashed}")
    where = {"client": client_id, "purpose": purpose, "hashes": ordered}
    found: UUID | None = session.execute(_FOUND, where).scalar_one_or_none()
    return found


def enroll(session: Session, client_id: UUID, purpose: str, hashes: Iterable[str], run_id: UUID) -> None:
    """Note that these addresses are in a run. The database refuses a second run for one of them, see `open_run`."""
    where = {"client": client_id, "purpose": purpose, "hashes": sorted(set(hashes)), "run": run_id}
    session.execute(_ENROLLED, where)


def end(session: Session, run_id: UUID) -> None:
    """Let the addresses of a run be enrolled anew. Safe to repeat."""
    session.execute(_ENDED, {"run": run_id})
