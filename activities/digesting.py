"""Making a digest: drafted from typed slots, put before two reviewers, published, and followed until it is read."""

from datetime import datetime, timedelta

from temporalio import activity

from activities.declared_undos import OUR_ROWS, has_no_undo, undone_by
from activities.digest_ports import DigestRows
from models.business_days import after_business_time
from models.compensation import UndoKind
from models.digests.composing import compose
from models.digests.travelling import DigestSituation, ReadOrder, StagedDraft, WorkingDays
from models.drafting import DraftOrder
from models.errors import WordingBlocked
from models.outreach import RunReference

WORKING_DAY = timedelta(hours=8)


class DigestActivities:
    """The workflow's view on its digest, and what it writes there.

    Args:
        rows: the digest on rows.
    """

    def __init__(self, rows: DigestRows) -> None:
        self._rows = rows

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def look_at_digest(self, reference: RunReference) -> DigestSituation:
        """Return how the digest stands. Safe to repeat."""
        return self._rows.look(reference.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def hold_digest(self, reference: RunReference) -> None:
        """Tell the owner that a source is missing without which there is no digest. Safe to repeat."""
        self._rows.hold(reference.run_id, held=True)

    @activity.defn(no_thread_cancel_exception=True)
    @has_no_undo("a draft is internal: nobody outside sees it before it is published")
    def draft_digest(self, order: ReadOrder) -> DraftOrder:
        """Order the draft of the digest, made of its figures and caveats. Safe to repeat: the same facts are the same draft."""
        self._rows.hold(order.run_id, held=False)
        material = compose(self._rows.facts(order.run_id, order.at))
        return DraftOrder(draft_id=self._rows.order(order.run_id, material))

    @activity.defn
    @has_no_undo("it is internal until both have approved it: nobody outside sees it before it is published")
    def stage_digest(self, drafted: StagedDraft) -> None:
        """Put the draft before the owner and the privacy reviewer of the digest. Safe to repeat.

        Raises:
            WordingBlocked: it holds what nobody may approve.
        """
        blocked_by = self._rows.stage(drafted.run_id, drafted.draft_id)
        # After the post is kept: its owner has a task about it, and finds it there.
        if blocked_by:
            raise WordingBlocked(f"the digest holds what must not leave: {blocked_by}")

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def escalate_digest(self, reference: RunReference) -> None:
        """Tell the escalation owner that the reviewers have not decided. Safe to repeat."""
        self._rows.escalate(reference.run_id)

    @activity.defn
    @undone_by(UndoKind.PORTAL_POST)
    def publish_digest(self, reference: RunReference) -> bool:
        """Let the client see the digest; its undo is registered first. Safe to repeat.

        Returns False if a review is missing or its wording may not be shown; the owner then has a task.
        """
        return self._rows.publish(reference.run_id)

    @activity.defn
    @has_no_undo("it only reads a calendar")
    def working_days_after(self, order: WorkingDays) -> datetime:
        """Return when they have passed. Not for a workflow to find out: a newer calendar may know another holiday."""
        return after_business_time(order.at, WORKING_DAY * order.days, order.zone)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def tell_unread(self, reference: RunReference) -> None:
        """Give the account manager the task to ask the client. Safe to repeat."""
        self._rows.tell_unread(reference.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def note_read(self, reference: RunReference) -> None:
        """Close the task of the account manager: somebody has read it after all. Safe to repeat."""
        self._rows.note_read(reference.run_id)
