"""What fills the slots of an incident's texts: closed lists, moments in the client's zone, counts from the rows."""

from datetime import datetime
from zoneinfo import ZoneInfo

from models.frozen import Frozen
from models.incidents.states import IncidentState
from models.incidents.words import ADVICE, AFFECTED, DOING, STATUS, Advice, Affected, ReasonForClients, UpdateKind
from models.plurals import counted

FIELDS = frozenset(
    {
        "as_of", "status", "affected", "calls", "began_at", "doing", "advice", "counts", "next_update", "resolved_at", "portal_url",
    }
)  # fmt: skip
"""Every slot that a text of an incident may show, beside those of its client."""


class Counts(Frozen):
    """What the rows say of one client, in messages and in leads."""

    waiting: int = 0
    """Messages that are due and held now."""
    not_contacted: int = 0
    """Leads to whom a message was due while it lasted, and held."""
    by_hand: int = 0
    """Of these, whom a person has taken over meanwhile."""
    too_old: int = 0
    """Of these, whose message became stale; they are on a list for a call."""


class NoticeFacts(Frozen):
    """All that one client is told by one update. Moments are aware."""

    number: int
    written_at: datetime
    kind: UpdateKind
    state: IncidentState
    reason: ReasonForClients
    affected: Affected
    calls_affected: bool
    advice: Advice
    zone: str
    """The client's, IANA."""
    began_at: datetime
    resolved_at: datetime | None = None
    next_update_at: datetime | None = None
    counts: Counts = Counts()


def slots(facts: NoticeFacts) -> dict[str, str]:
    """Return every slot as a client reads it; empty where there is nothing to say."""
    over = facts.state is IncidentState.RESOLVED
    return {
        # Two updates are never the same text, which would not go to one person twice a day.
        "as_of": f"Update {facts.number}, {moment(facts.written_at, facts.zone)}",
        "status": "The problem is resolved" if over else STATUS[facts.reason],
        "affected": AFFECTED[facts.affected],
        "calls": f"Your incoming calls and forms are {'' if facts.calls_affected else 'not '}affected",
        "began_at": moment(facts.began_at, facts.zone),
        "doing": DOING[facts.state],
        "advice": ADVICE[Advice.NOTHING if over else facts.advice],
        "counts": (_in_the_end if over else _so_far)(facts.counts),
        "next_update": moment(facts.next_update_at, facts.zone) if facts.next_update_at else "",
        "resolved_at": moment(facts.resolved_at, facts.zone) if facts.resolved_at else "",
        "portal_url": "",
    }


def moment(at: datetime, zone: str) -> str:
    """Return a moment as a client reads it, such as `Tue, Nov 24, 3:05 PM MST`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a, %b} {local.day}, {local.hour % 12 or 12}:{local:%M %p %Z}"


def _so_far(counts: Counts) -> str:
    return f"{counted(counts.waiting, 'message is', 'messages are')} waiting." if counts.waiting else ""


def _in_the_end(counts: Counts) -> str:
    if not counts.not_contacted:
        return "No automatic message was due meanwhile."
    said = f"{counted(counts.not_contacted, 'lead was', 'leads were')} not contacted automatically meanwhile"
    parts = [f"{counted(counts.by_hand, 'was', 'were')} taken over by a person"] if counts.by_hand else []
    if counts.too_old:
        parts.append(
            f"{counted(counts.too_old, 'was', 'were')} too old to text and {_is(counts.too_old)} listed for a call"
        )
    return f"{said}{': ' if parts else ''}{'; '.join(parts)}."


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
