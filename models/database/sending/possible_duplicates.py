"""The task of a person who must say whether the same text may go to the same address again."""

from uuid import UUID

from models.database.events import TaskOrder


def order(message_id: UUID) -> TaskOrder:
    """Return what the owner of a held message is asked."""
    return TaskOrder(
        "possible_duplicate",
        str(message_id),
        "The same text went to this address within 24 hours. Was the lead entered twice? Then stop this run. "
        "If it shall leave all the same, close this task.",
    )
