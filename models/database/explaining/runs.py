"""Explaining a run: how it stands, every message of it, what its addresses permit, what is next."""

from uuid import UUID

from sqlmodel import Session

from models.database.explaining import rows
from models.database.explaining.messages import explained
from models.database.explaining.people import addresses_of, reply_lines, tasks_on_lists
from models.database.sending.facts import Rules
from models.errors import UnknownRecord
from models.explaining import whats_next
from models.explaining.answers import RunExplanation, RunInShort
from models.explaining.known import RunKnown
from models.explaining.run_sentences import run_answer


def explain_run(session: Session, run_id: UUID, rules: Rules) -> RunExplanation:
    """Return how a run stands and why each of its messages went out, did not, or waits. Reads only; takes no lock.

    Raises:
        UnknownRecord: there is no such run.
    """
    run = rows.run(session, run_id)
    if run is None:
        raise UnknownRecord(f"there is no run {run_id}")
    return RunExplanation(
        run_id=run_id,
        answer=run_answer(run),
        next=whats_next.of_run(run),
        messages=[explained(session, message, run, rules) for message in rows.messages(session, run_id)],
        addresses=addresses_of(session, run.row["client_id"], run.messages),
        replies=reply_lines(run.replies),
        tasks=tasks_on_lists(run.tasks),
        **{name: run.row[name] for name in _SHOWN},
    )


def run_in_short(session: Session, run: RunKnown, rules: Rules) -> RunInShort:
    """Return a run with one answer for each of its messages to the contact."""
    messages = [explained(session, message, run, rules) for message in run.messages]
    row = run.row
    return RunInShort(
        run_id=row["id"],
        sequence=row["sequence"],
        state=row["state"],
        outcome=row["outcome"],
        answer=run_answer(run),
        messages=[message.in_short for message in messages],
    )


_SHOWN = (
    "kind", "lead_id", "client", "sequence", "state", "outcome", "owner", "escalation_owner", "requested_by",
    "requested_at", "closed_at",
)  # fmt: skip
