"""The closed lists from which a client learns of an incident. Values are stored; the words hold no internals and no blame."""

from enum import StrEnum

from models.incidents.states import IncidentState
from models.pausing import PauseCode


class UpdateKind(StrEnum):
    """What an update is for."""

    UPDATE = "update"
    SUMMARY = "summary"
    """What happened, what was done and what changes, after it is resolved."""


class ReasonForClients(StrEnum):
    """Why clients are told anything, instead of the cause."""

    LOOKING = "looking"
    PAUSED_AUTH = "paused_auth"
    PROVIDER_DOWN = "provider_down"
    RATE_LIMITED = "rate_limited"
    DATA_STALE = "data_stale"
    CONFIG_ERROR = "config_error"
    SUSPECTED_DUP = "suspected_dup"


class Affected(StrEnum):
    """What no longer works as it should, for the client."""

    FOLLOW_UPS = "follow_ups"
    REVIEW_REQUESTS = "review_requests"
    ALL_MESSAGES = "all_messages"
    REPORTS = "reports"
    PORTAL = "portal"


class Advice(StrEnum):
    """What the client should do meanwhile."""

    NOTHING = "nothing"
    CALL_NEW_LEADS = "call_new_leads"
    CHECK_FIGURES = "check_figures"


STATUS = {
    ReasonForClients.LOOKING: "We noticed a problem and are looking into it",
    ReasonForClients.PAUSED_AUTH: "We have paused automatic follow-ups while we restore a connection",
    ReasonForClients.PROVIDER_DOWN: "A delivery service we rely on is not accepting messages",
    ReasonForClients.RATE_LIMITED: "Messages are going out more slowly than normal",
    ReasonForClients.DATA_STALE: "Some figures are older than usual",
    ReasonForClients.CONFIG_ERROR: "We found a setup problem and paused sending to be safe",
    ReasonForClients.SUSPECTED_DUP: "We paused sending to make sure no one is contacted twice",
}
AFFECTED = {
    Affected.FOLLOW_UPS: "automatic follow-ups to your leads",
    Affected.REVIEW_REQUESTS: "requests for reviews",
    Affected.ALL_MESSAGES: "all automatic messages",
    Affected.REPORTS: "your reports",
    Affected.PORTAL: "your portal",
}
ADVICE = {
    Advice.NOTHING: "Nothing is needed from you.",
    Advice.CALL_NEW_LEADS: "Please call new leads yourself until we write again.",
    Advice.CHECK_FIGURES: "Please do not rely on the newest figures until we write again.",
}
DOING = {
    IncidentState.INVESTIGATING: "We are looking into it.",
    IncidentState.IDENTIFIED: "We found the cause and are working on it.",
    IncidentState.MONITORING: "The fix is in place. We are watching it.",
    IncidentState.RESOLVED: "Everything works as usual again.",
}
SUGGESTED = {
    PauseCode.SET_UP: ReasonForClients.PAUSED_AUTH,
    PauseCode.WEB_HOOK: ReasonForClients.PAUSED_AUTH,
    PauseCode.IMPORT: ReasonForClients.CONFIG_ERROR,
    PauseCode.DELIVERY: ReasonForClients.PROVIDER_DOWN,
    PauseCode.PRIVACY: ReasonForClients.CONFIG_ERROR,
    PauseCode.COMPLIANCE: ReasonForClients.CONFIG_ERROR,
    PauseCode.STALE_SOURCE: ReasonForClients.DATA_STALE,
    PauseCode.SUSPECTED_DUPLICATE: ReasonForClients.SUSPECTED_DUP,
}
"""What clients may read of the cause for which the service has paused by itself."""


def suggested(code: PauseCode) -> ReasonForClients:
    """Return the words for an incident that is opened from a pause; a person may choose others."""
    return SUGGESTED.get(code, ReasonForClients.LOOKING)
