"""Short reads and writes of a run's own rows. They run as local activities: a second at most, no outside effect."""

from temporalio import activity

from activities.declared_undos import OUR_ROWS, has_no_undo
from activities.ports import Principals, Runs
from models.outreach import Closing, RunReference, SignalClaim, Situation, UndoReport


class RunActivities:
    """The workflow's view on the rows, and what it writes there.

    Args:
        runs: the rows.
        principals: knows whom the server has verified as the sender of a signal.
    """

    def __init__(self, runs: Runs, principals: Principals) -> None:
        self._runs = runs
        self._principals = principals

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def look(self, reference: RunReference) -> Situation:
        """Return how the run stands, and note that what came in for it is read. Safe to repeat."""
        return self._runs.look(reference.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def settle_signal(self, claim: SignalClaim) -> Situation:
        """Turn what a person typed into a row, through the same check as the API; return how the run stands after it.

        A refused attempt is an event; it never fails the run. A repetition finds its code spent, which is recorded too.
        """
        info, principal = activity.info(), ""
        if claim.decision is not None and claim.problem is None and claim.nth:
            principal = self._principals.of(info.workflow_id or "", info.workflow_run_id or "", claim.nth)
        self._runs.settle(claim, principal)
        return self._runs.look(claim.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def escalate_approval(self, reference: RunReference) -> None:
        """Put a task on the escalation owner's list. Safe to repeat."""
        self._runs.escalate_approval(reference.run_id)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def close(self, closing: Closing) -> None:
        """Close the run with its one outcome. Safe to repeat; the first outcome stays."""
        self._runs.close(closing.run_id, closing.outcome, closing.why)

    @activity.defn
    @has_no_undo(OUR_ROWS)
    def note_rollback(self, report: UndoReport) -> None:
        """Record how the rollback of a run has ended. Safe to repeat."""
        self._runs.rolled_back(report.run_id, report.model_dump(exclude={"run_id"}))
