"""What colleagues read about incidents: what each step does, what is promised until when, and what the closed lists mean."""

from dataclasses import dataclass
from datetime import datetime

from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.words import ADVICE, AFFECTED, STATUS, Advice, Affected, ReasonForClients
from starter.api.incident_views import IncidentInFull, IncidentLine

OPEN = (IncidentState.INVESTIGATING, IncidentState.IDENTIFIED, IncidentState.MONITORING)
SEVERITIES = {
    IncidentSeverity.MINOR: "Minor: a nuisance; first word within a business hour",
    IncidentSeverity.MAJOR: "Major: work is held up; two people approve each text",
    IncidentSeverity.CRITICAL: "Critical: first word within 30 minutes, at any hour, also by SMS",
}
REASONS: dict[ReasonForClients, str] = dict(STATUS.items())
AFFECTED_BY: dict[Affected, str] = {code: words.capitalize() for code, words in AFFECTED.items()}
ADVICES: dict[Advice, str] = dict(ADVICE.items())


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an incident owner can say to clients."""

    key: str
    button: str
    title: str
    what: str
    """What it does, in a sentence."""
    needs_reason: bool = False
    needs_words: bool = False
    to: IncidentState | None = None
    promises: bool = True
    """Whether the next word is promised for a moment."""


UPDATE = Step("update", "Write an update", "Tell clients more", "It stays where it is, and its clients hear more.")
IDENTIFIED = Step(
    "identified", "Cause found", "The cause is found", "It moves to identified: clients read that we found the cause.",
    to=IncidentState.IDENTIFIED,
)  # fmt: skip
MONITORING = Step(
    "monitoring", "Fix in place", "The fix is in place", "It moves to monitoring: clients read that we are watching it.",
    to=IncidentState.MONITORING,
)  # fmt: skip
RESOLVED = Step(
    "resolved", "Resolve", "Everything works again",
    "Clients read that it is over. What it holds stays held until its preview is approved by somebody else.",
    to=IncidentState.RESOLVED, promises=False,
)  # fmt: skip
AGAIN = Step(
    "investigating", "Investigate again", "It is not over yet",
    "It goes back to investigating, and clients read that we are looking into it. What was let go already is not held again: "
    "pause it on the switchboard if it must be.",
    needs_reason=True, to=IncidentState.INVESTIGATING,
)  # fmt: skip
OPENED = Step(
    "open", "Open it", "Open the draft", "What it touches is paused, and its clients are told.",
    to=IncidentState.INVESTIGATING, promises=False,
)  # fmt: skip
SUMMARY = Step(
    "summary", "Write the summary", "Write the summary", "It ends the incident when it is published.",
    needs_words=True, promises=False,
)  # fmt: skip
STEPS = {step.key: step for step in (UPDATE, IDENTIFIED, MONITORING, RESOLVED, AGAIN, OPENED, SUMMARY)}
_OFFERED = {
    IncidentState.DRAFT: (OPENED,),
    IncidentState.INVESTIGATING: (UPDATE, IDENTIFIED, MONITORING, RESOLVED),
    IncidentState.IDENTIFIED: (UPDATE, MONITORING, RESOLVED, AGAIN),
    IncidentState.MONITORING: (UPDATE, RESOLVED, AGAIN),
    IncidentState.RESOLVED: (SUMMARY, AGAIN),
}


def offered(state: IncidentState) -> tuple[Step, ...]:
    """Return what can be said next."""
    return _OFFERED.get(state, ())


@dataclass(frozen=True, slots=True)
class Due:
    """What clients were promised next. `at` None: nothing."""

    what: str
    at: datetime | None
    is_over: bool


def due(one: IncidentLine, now: datetime) -> Due:
    """Return what clients wait for, by a moment (aware)."""
    what, at = "", None
    if one.state in OPEN:
        silent = isinstance(one, IncidentInFull) and not has_been_heard(one)
        what, at = ("The first notice", one.first_notice_due) if silent else ("The next update", one.next_update_due)
    elif one.state is IncidentState.RESOLVED:
        what, at = "The summary", one.summary_due
    return Due(what, at, at is not None and at <= now)


def has_been_heard(one: IncidentInFull) -> bool:
    """Return whether any client could read anything of it, in the portal or in a message."""
    return any(shown.published_at or shown.messages for entry in one.timeline for shown in entry.shown)
