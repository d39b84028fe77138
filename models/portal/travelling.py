"""What travels between a workflow and the activities that publish: ids only."""

from uuid import UUID

from models.frozen import Frozen


class PostReference(Frozen):
    """One post of a run."""

    run_id: UUID
    post_id: UUID
