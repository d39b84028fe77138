"""What a run of an incident does next, decided on what the rows say and the hour alone.

Row by row: the same rows, the same answer, so a run may be interrupted, repeated or continued anywhere.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from models.frozen import Frozen
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.words import UpdateKind

LEAD_TIME = {IncidentSeverity.CRITICAL: timedelta(minutes=15)}
"""How long before a promised time its owner is reminded."""
USUAL_LEAD_TIME = timedelta(hours=1)
GIVEN_UP = timedelta(days=7)
"""So long after it was due nobody has written the summary: then the run ends, and a person has it."""
LOOK_AGAIN = timedelta(days=1)
"""Without any news a run looks at its rows after this time all the same."""


class Act(StrEnum):
    """One thing that a run can do."""

    COMPOSE = "compose"
    """Render the newest update for its client, and ask for the approval of its post."""
    WRITE = "write"
    """Enter its messages to the client's people into the ledger."""
    PUBLISH = "publish"
    ASK_TO_RESUME = "ask_to_resume"
    RESUME = "resume"
    REMIND = "remind"
    """Remind the owner that the next update is due soon."""
    ESCALATE = "escalate"
    """Say that a promised time has passed."""
    GIVE_UP = "give_up"
    CLOSE = "close"
    WAIT = "wait"


class Approving(StrEnum):
    """How a thing that needs approval stands."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    """Rejected, expired or not fit to be approved: it takes another one."""
    DONE = "done"


class UpdateNews(Frozen):
    """How the newest update stands for the client of a run."""

    number: int
    kind: UpdateKind
    has_words: bool = False
    """Free words: then its messages follow its publication, else they leave at once."""
    composed: bool = False
    post: Approving = Approving.NOT_ASKED
    written: bool = False
    """Whether its messages are in the ledger."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it is left to do."""
        return self.written and self.post is Approving.DONE


class IncidentSituation(Frozen):
    """What the rows say about the incident of a run. Moments are aware (UTC)."""

    severity: IncidentSeverity = IncidentSeverity.MINOR
    state: IncidentState = IncidentState.INVESTIGATING
    newest: UpdateNews | None = None
    promised: datetime | None = None
    """When the client is to hear of it next: what the newest told update promised, or the first notice, or the summary."""
    reminded_of: datetime | None = None
    escalated: datetime | None = None
    """Of which promised time a person was reminded, and told that it has passed."""
    holds: bool = False
    """Whether a pause of the incident still holds."""
    resume: Approving = Approving.NOT_ASKED

    @property
    def awaits_approval(self) -> bool:
        """Whether an approver is asked for something."""
        return Approving.WAITING in (self.newest.post if self.newest else None, self.resume if self.holds else None)

    @property
    def in_words(self) -> str:
        """What a run of it waits for, for the Temporal UI."""
        hears = f" The client is to hear by {self.promised:%a %d %b %H:%M} UTC." if self.promised else ""
        if self.newest is not None and self.newest.post is Approving.WAITING:
            return f"Update {self.newest.number} waits for the approval and the privacy review of its post.{hears}"
        if self.newest is not None and self.newest.post is Approving.REFUSED:
            return f"Update {self.newest.number} is not shown as it is worded; its author writes another one.{hears}"
        if self.holds and self.resume is Approving.WAITING:
            return f"Letting go what was held waits for approval.{hears}"
        if self.holds and self.resume is Approving.REFUSED:
            return f"Letting go what was held was not approved; its owner asks anew.{hears}"
        what = "the summary" if self.state is IncidentState.RESOLVED else f"word from its owner ({self.state})"
        return f"The incident waits for {what}.{hears}"


class Next(Frozen):
    """What to do, or until when to wait for news."""

    act: Act
    until: datetime | None = None


def what_next(now: IncidentSituation, at: datetime, *, is_paused: bool = False, is_sending: bool = False) -> Next:
    """Return what a run does next.

    Args:
        now: what the rows say.
        at: the workflow's own clock; aware.
        is_paused: whether a pause other than an incident's holds the run: then nothing is shown, sent or let go.
        is_sending: whether a message of the run may still leave or is in doubt: then it does not end.
    """
    update = now.newest
    if update is not None and not update.composed:
        return Next(act=Act.COMPOSE)
    if not is_paused and (act := _outward(now, update)) is not None:
        return Next(act=act)
    is_over = now.state is IncidentState.RESOLVED
    if is_over and now.holds and now.resume is Approving.NOT_ASKED:
        return Next(act=Act.ASK_TO_RESUME)
    is_told = update is not None and update.kind is UpdateKind.SUMMARY and update.is_settled
    if is_over and is_told and not now.holds and not is_sending:
        return Next(act=Act.CLOSE)
    return _by_the_clock(now, at)


def _outward(now: IncidentSituation, update: UpdateNews | None) -> Act | None:
    if update is not None and update.post is Approving.APPROVED:
        return Act.PUBLISH
    if update is not None and not update.written and (not update.has_words or update.post is Approving.DONE):
        return Act.WRITE
    return Act.RESUME if now.holds and now.resume is Approving.APPROVED else None


def _by_the_clock(now: IncidentSituation, at: datetime) -> Next:
    look = at + LOOK_AGAIN
    if now.promised is None:
        return Next(act=Act.WAIT, until=look)
    remind_at = now.promised - LEAD_TIME.get(now.severity, USUAL_LEAD_TIME)
    if now.reminded_of != now.promised and at >= remind_at:
        return Next(act=Act.REMIND)
    if now.escalated != now.promised and at >= now.promised:
        return Next(act=Act.ESCALATE)
    over = now.state is IncidentState.RESOLVED
    if over and at >= now.promised + GIVEN_UP:
        return Next(act=Act.GIVE_UP)
    coming = [remind_at, now.promised, *([now.promised + GIVEN_UP] if over else [])]
    return Next(act=Act.WAIT, until=min([moment for moment in coming if moment > at] + [look]))
