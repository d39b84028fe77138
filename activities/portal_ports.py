"""The portal, as the activities see it. `models.database.portal.of_workflows` implements it."""

from typing import Protocol
from uuid import UUID

from models.portal.standing import PostStanding, Publication


class Portal(Protocol):
    """Posts that are staged; what clients see follows from what becomes of them."""

    def standing(self, post_id: UUID) -> PostStanding:
        """Return where a post stands."""
        ...

    def publish(self, post_id: UUID) -> Publication:
        """Let the client see it, or say why not."""
        ...

    def withdraw(self, post_id: UUID, reason: str) -> bool:
        """Hide it; False if it was hidden before."""
        ...
