"""Whose fault a failure is: that of what was being done, or of what surrounds it, so that the same may succeed later.

Classes of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html.
"""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from models.sealing import NoSuchKey

_OF_SURROUNDINGS = (
    "08",  # the connection
    "25006",  # a standby, or a server that was made read-only
    "40",  # deadlock, serialization
    "53",  # disk, memory, connections
    "55P03",  # a lock
    "57",  # shut down, starting, cancelled
    "58",  # input and output
)


def is_of_surroundings(error: BaseException) -> bool:
    """Return whether an error says nothing about what was being done: the database is away, a key is not loaded."""
    if isinstance(error, NoSuchKey | PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is None:  # said by the driver, not by the server
        return isinstance(error, OperationalError | InterfaceError)
    return state.startswith(_OF_SURROUNDINGS)
