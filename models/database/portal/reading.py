"""What the portal reads, as the one role that may read it: the projection of one client, and nothing else.

Row-level security is forced on it. A query that forgets the client sees that client's rows only; a transaction that
forgets to say whose they are is an error.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, Row, text
from sqlmodel import Session, col, select

from models.database.engine import make_engine, transaction
from models.database.portal.projection import only_of
from models.database.tables.portal import PortalPost
from models.settings import Settings

ROLE = "comms_portal"
NEWEST = 200
"""How many posts a list shows."""

_TAKE_ROLE = text(f"SET LOCAL ROLE {ROLE}")
_READ_ONLY = text("SET TRANSACTION READ ONLY")
_WHO = text("SELECT rolname, rolsuper OR rolbypassrls AS sees_all FROM pg_roles WHERE rolname = current_user")
_MAY = text(
    """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')
           OR (c.relname <> 'portal_post' AND (has_table_privilege(c.oid, 'SELECT')
                                               OR has_any_column_privilege(c.oid, 'SELECT'))))
    ORDER BY c.relname
    """
)
_GUARDED = text("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = to_regclass('portal_post')")


class UnsafePortal(Exception):
    """The portal's login could read more than one client's published posts. Says what it may do that it must not."""


@dataclass(frozen=True, slots=True)
class PortalReader:
    """The portal's way to its rows.

    Args:
        engine: connections of the portal's own login, or of the service.
        takes_role: whether the connections are the service's, and so take the portal's role for each transaction.
    """

    engine: Engine
    takes_role: bool

    @contextmanager
    def of_client(self, client_id: UUID) -> Iterator[Session]:
        """Show one client's published posts, for reading only."""
        with self._as_portal() as session:
            only_of(session, client_id)
            yield session

    def refuse_unsafe(self) -> None:
        """Check once at start what the login may do.

        Raises:
            UnsafePortal: it sees past row-level security, or may do anything but read `portal_post`.
            OperationalError: the server does not answer.
        """
        with self._as_portal() as session:
            who = session.execute(_WHO).one()
            beyond = session.execute(_MAY).scalars().all()
            guarded = session.execute(_GUARDED).scalar_one_or_none()
        if who.sees_all:
            raise UnsafePortal(f"{who.rolname} is a superuser or bypasses row-level security; use the role {ROLE}")
        if beyond:
            raise UnsafePortal(f"{who.rolname} may do more than read portal_post: it has rights on {', '.join(beyond)}")
        if not guarded:
            raise UnsafePortal("row-level security of portal_post is not forced; run `comms database upgrade`")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @contextmanager
    def _as_portal(self) -> Iterator[Session]:
        with transaction(self.engine) as session:
            session.execute(_READ_ONLY)
            if self.takes_role:
                session.execute(_TAKE_ROLE)
            yield session


def portal_reader(settings: Settings) -> PortalReader:
    """Return the portal's way to its rows. Nothing is connected yet."""
    given = settings.portal.database_url
    own_login = bool(given.get_secret_value())
    engine = make_engine(settings.database, pool_size=settings.portal.pool_size, url=given if own_login else None)
    return PortalReader(engine, takes_role=not own_login)


def published(session: Session) -> Sequence[PortalPost]:
    """Return the published posts of the client that the session is open for, the newest first."""
    return session.exec(select(PortalPost).order_by(col(PortalPost.at).desc(), col(PortalPost.id)).limit(NEWEST)).all()


def one(session: Session, post_id: UUID) -> PortalPost | None:
    """Return a published post, or None: unknown, another client's, staged and withdrawn are all the same here."""
    return session.get(PortalPost, post_id)


def thread_of(session: Session, post: PortalPost) -> Sequence[Row[tuple[UUID, str]]]:
    """Return id and title of the other posts of a thread, the newest first."""
    query = select(PortalPost.id, PortalPost.title).where(
        col(PortalPost.thread) == post.thread, col(PortalPost.id) != post.id
    )
    return session.execute(query.order_by(col(PortalPost.at).desc()).limit(NEWEST)).all()
