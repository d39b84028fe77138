"""The portal as the worker uses it: each call a transaction of its own."""

from uuid import UUID

from sqlalchemy import Engine

from models.database.engine import transaction
from models.database.events import Origin
from models.database.portal import posts, withdrawing
from models.portal.standing import PostStanding, Publication

WORKFLOW = Origin("workflow")


class PostsOfWorkflows:
    """Posts on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standing(self, post_id: UUID) -> PostStanding:
        """Return where a post stands. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            return posts.standing(session, post_id)

    def publish(self, post_id: UUID) -> Publication:
        """Publish a post, or say why not. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            return posts.publish(session, post_id, WORKFLOW)

    def withdraw(self, post_id: UUID, reason: str) -> bool:
        """Withdraw a post; False if it was withdrawn before. Raises UnknownRecord."""
        with transaction(self._engine) as session:
            return withdrawing.withdraw(session, post_id, WORKFLOW, reason)
