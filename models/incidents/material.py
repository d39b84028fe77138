"""What a notice is made of, and what is made of it. Both hold what clients read and never leave the worker's memory."""

from models.copywriting import TemplateVersion
from models.enrollment import DraftMessage, Recipient
from models.frozen import Frozen
from models.incidents.slots import NoticeFacts
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.words import UpdateKind
from models.terms import Channel

_TEMPLATES = {
    IncidentState.INVESTIGATING: "incident/investigating",
    IncidentState.IDENTIFIED: "incident/identified",
    IncidentState.MONITORING: "incident/monitoring",
    IncidentState.RESOLVED: "incident/resolved",
}
SUMMARY, ALERT = "incident/summary", "incident/alert"
FOOTER = "\n\n--\n"
"""Between what a notice says and how to end receiving it; the second is for mail only."""


class Reader(Frozen):
    """One person at the client, as they are reached. `key` names them in a step: a part of their contact's id."""

    key: str
    channel: Channel
    recipient: Recipient


class NoticeMaterial(Frozen):
    """One update for one client: what it says, in which templates, and to whom."""

    number: int
    severity: IncidentSeverity
    facts: NoticeFacts
    client_fields: dict[str, str]
    words: str = ""
    notice: TemplateVersion
    """By email, and in the portal."""
    alert: TemplateVersion | None = None
    """By SMS; None if nobody is texted about it."""
    readers: tuple[Reader, ...] = ()


class Composed(Frozen):
    """A notice as it will be shown in the portal."""

    title: str
    body: str


class Written(Frozen):
    """The messages of one update to the people at a client."""

    drafts: tuple[DraftMessage, ...]


def template_key(kind: UpdateKind, state: IncidentState) -> str:
    """Return the key of the template that tells of an update."""
    return SUMMARY if kind is UpdateKind.SUMMARY else _TEMPLATES[state]


def is_texted(severity: IncidentSeverity) -> bool:
    """Return whether people are texted besides being mailed."""
    return severity is IncidentSeverity.CRITICAL


def step_of(number: int, reader: Reader) -> str:
    """Return the step under which a message of an update stands in the ledger."""
    return f"update-{number}-{reader.channel}-{reader.key}"


def in_the_portal(subject: str, body: str, words: str) -> Composed:
    """Return what a client reads in the portal: the notice without how to unsubscribe, and what its author added."""
    shown = body.partition(FOOTER)[0].strip()
    opening, gap, rest = shown.partition("\n\n")
    return Composed(
        title=subject, body="\n\n".join([opening, words.strip(), rest]) if words.strip() else opening + gap + rest
    )
