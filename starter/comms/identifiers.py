"""Ids as people copy them, from a table or from the Temporal UI."""

from uuid import UUID

from models.identity import run_id_of
from starter.comms.problems import Problem


def run_id(written: str) -> UUID:
    """Return the run's id from itself or from its workflow id, such as `outreach/6e0c…`."""
    try:
        return run_id_of(written) if "/" in written else UUID(written)
    except ValueError:
        raise Problem(f"{written!r} is not the id of a run") from None


def uuid(written: str, what: str) -> UUID:
    """Return an id."""
    try:
        return UUID(written)
    except ValueError:
        raise Problem(f"{written!r} is not the id of {what}") from None
