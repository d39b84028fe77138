"""Publishing to the portal: nothing leaves the database, but a client sees it. Ids and states travel, never wording."""

from temporalio import activity

from activities.declared_undos import OUR_ROWS, has_no_undo, undone_by
from activities.portal_ports import Portal
from models.compensation import UndoKind
from models.portal.standing import PostStanding, Publication
from models.portal.travelling import PostReference


class PublishingActivities:
    """What a workflow does with a post that is staged.

    Args:
        portal: where it is staged.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def look_at_post(self, reference: PostReference) -> PostStanding:
        """Return where a post and its two reviews stand."""
        return self._portal.standing(reference.post_id)

    @activity.defn
    @undone_by(UndoKind.PORTAL_POST)
    def publish(self, reference: PostReference) -> Publication:
        """Let the client see the newest version, or say what is missing. Safe to repeat; its undo is registered first."""
        return self._portal.publish(reference.post_id)

    @activity.defn
    @has_no_undo("it is itself an undo; another publication shows the post again")
    def withdraw(self, reference: PostReference) -> bool:
        """Hide the post from the client. Safe to repeat: False if it was hidden before."""
        return self._portal.withdraw(reference.post_id, "taken back by its run")
