"""A run in one line: how it stands, what it waits for and since when, in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.terms import RunKind, RunState
from starter.words import spoken

KINDS = {
    RunKind.OUTREACH: "Outreach",
    RunKind.REVIEW_REQUEST: "Review request",
    RunKind.REPORT_DIGEST: "Report digest",
    RunKind.INCIDENT_NOTICE: "Incident notice",
    RunKind.TEMPLATE_TEST: "Test of a template",
}
STATES = {
    RunState.REQUESTED: ("asked for", "info"),
    RunState.AWAITING_APPROVAL: ("waits for approval", "warn"),
    RunState.SCHEDULED: ("waits for its turn", "info"),
    RunState.SENDING: ("sending", "info"),
    RunState.AWAITING_REPLY: ("waits for a reply", "info"),
    RunState.HELD: ("held", "warn"),
    RunState.AWAITING_PERSON: ("waits for a person", "bad"),
    RunState.HANDING_OVER: ("handing over", "info"),
    RunState.CLOSED: ("ended", "quiet"),
}
"""How a state is said, and the tone of its badge."""
_GOOD_ENDS = frozenset({"replied", "viewed", "summarised", "reviewed_observed", "booked"})
_BAD_ENDS = frozenset({"given_to_person", "unreachable", "not_approved", "failed", "complaint_opened"})


@dataclass(frozen=True, slots=True)
class RunLine:
    """One row of the list."""

    id: UUID
    what: str
    whom: str
    client: str
    owner: str
    state: str
    tone: str
    waits_for: str
    since: datetime
    tasks: int


def line(row: Mapping[str, Any], named: bool) -> RunLine:
    """Return a run as it is listed; `named` says whether the name of its lead may be shown."""
    kind, state = RunKind(row["kind"]), RunState(row["state"])
    said, tone = STATES[state]
    if row["outcome"]:
        said, tone = row["outcome"].replace("_", " "), ending_tone(row["outcome"])
    name = f"{row['first_name'] or ''} {row['last_name'] or ''}".strip() if named else ""
    return RunLine(
        id=row["id"],
        what=row["sequence"] or KINDS[kind],
        whom=name or ("a lead" if row["lead_id"] else "the client"),
        client=row["client_name"],
        owner=row["owner"],
        state=said,
        tone=tone,
        waits_for=_waits_for(row, state),
        since=_since(row, state),
        tasks=row["tasks"],
    )


def ending_tone(outcome: str) -> str:
    """Return the tone of the badge of an ended run."""
    return "good" if outcome in _GOOD_ENDS else "bad" if outcome in _BAD_ENDS else "quiet"


def _waits_for(row: Mapping[str, Any], state: RunState) -> str:
    if state is RunState.CLOSED:
        return "nothing"
    if row["roll_back_requested_by"] or row["stop_requested_by"]:
        return "its workflow, which has been asked to end"
    match state:
        case RunState.REQUESTED:
            return "a worker to take it up"
        case RunState.AWAITING_APPROVAL:
            return f"{row['approver'] or 'somebody'} to approve"
        case RunState.HELD if row["reason"]:
            return f"{row['step']} by {row['channel']}: {spoken(row['reason'])}"
        case RunState.AWAITING_PERSON:
            return "a person to find out whether a message left"
        case RunState.AWAITING_REPLY:
            return "an answer, or its next step"
        case RunState.HANDING_OVER:
            return "the CRM to take the lead"
    return f"the turn of {row['step']} by {row['channel']}" if row["step"] else "its next step"


def _since(row: Mapping[str, Any], state: RunState) -> datetime:
    if state is RunState.CLOSED:
        since = row["closed_at"]
    elif state is RunState.AWAITING_APPROVAL:
        since = row["asked_at"]
    else:
        since = row["moved_at"]
    found: datetime = since or row["requested_at"]
    return found
