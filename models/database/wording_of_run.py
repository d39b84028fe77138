"""What the checks find in the messages of a run before they are planned, and what that means for its approval."""

from sqlmodel import Session

from models.database import events, runs, wording
from models.database.events import Origin
from models.database.sending.wording_of_message import audience_of
from models.database.tables.runs import Run
from models.enrollment import DraftMessage
from models.event_kinds import EventKind
from models.terms import ApprovalPolicy
from models.wording.audiences import Stage
from models.wording.judging import Findings

_WORKFLOW = Origin("workflow")


def examine(session: Session, run: Run, drafts: tuple[DraftMessage, ...]) -> dict[str, Findings]:
    """Check every message of a run as it would leave; keep what was found, and say what is blocked. Safe to repeat."""
    found = {draft.step: _at(session, Stage.DRAFT, run, draft) for draft in drafts}
    for step, findings in found.items():
        if findings.blocks:
            about = runs.subject(run)
            events.record(session, EventKind.WORDING_BLOCKED, _WORKFLOW, about, findings.in_short, step=step)
    return found


def policy(sequence: ApprovalPolicy, found: dict[str, Findings]) -> ApprovalPolicy:
    """Return how the wording of a run is approved: what needs an approval of its own gets it, whatever the sequence says."""
    needs_exact = any(findings.needs_exact_approval for findings in found.values())
    return ApprovalPolicy.RUN if needs_exact else sequence


def before_asking(session: Session, run: Run, drafts: tuple[DraftMessage, ...]) -> None:
    """Check once more what an approver is going to be asked about.

    Raises:
        WordingBlocked: nobody may be asked to approve this.
    """
    for draft in drafts:
        _at(session, Stage.APPROVAL, run, draft).refuse_blocked(f"step {draft.step}")


def _at(session: Session, stage: Stage, run: Run, draft: DraftMessage) -> Findings:
    audience = audience_of(session, run.client_id, draft.content_hash, run.kind, draft.channel)
    return wording.check_at(session, stage, run.client_id, draft.subject, draft.body, audience)
