"""The one gate: may this message leave now? Pure; the claim feeds it facts read under the address lock.

Every check leaves a line, so that anyone can later read why a message was or was not sent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.frequency import CapHit
from models.quiet_hours import WindowDecision
from models.sending import HoldReason, NotSentReason

OWN_ADDRESS = "a test goes to whoever asked for it"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows say about one message at the moment of the claim. Moments are aware, on the database clock."""

    now: datetime
    for_contact: bool
    """False for a notice to a colleague, which needs neither consent nor approval nor an hour."""
    run_ended_by: str | None
    paused_by: str | None
    inbound_unsure: bool
    """The web hooks do not show signs of life, or an outage has not been made up for: a STOP may have been missed."""
    ledger_unverified: bool
    """Rows may be missing since a restore or a failover, and nobody has compared them with the providers yet."""
    opted_out: bool
    opt_out_in_doubt: bool
    consent_given: int
    consent_needed: int
    approved: bool
    cannot_receive: bool
    """The newest news about the address is that it takes no message on this channel, or it is a landline."""
    expires_at: datetime | None
    window: WindowDecision
    follow_up_over: str | None
    """What the enrolment has had, if that is all it may have; None as long as it may go on."""
    cap: CapHit | None
    """A cap on how often the person is written to that is reached for now."""
    gives_way_to: str | None
    """The kind of an open run for the same person that comes first."""
    same_text_within_a_day: bool
    turn_at: datetime | None = None
    """When its turn comes among those that a pause has held; None if none has."""
    away_until: datetime | None = None
    """Until when the lead has said to be away."""
    passed_by: str | None = None
    """The scope of an incident's pause that lets it pass, because it is a notice of an incident."""
    wording_objection: str | None = None
    """What speaks against its wording as it stands, if anything does."""
    landline: bool = False
    """A look-up has found that it is one, and no message has shown otherwise."""
    for_test: bool = False
    """A text that a colleague tries out."""
    is_own_address: bool = True
    """Of a test: the address is that of whoever asked for it, as it is now."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the gate: which rule, whether it let the message pass, and what it saw."""

    rule: str
    passed: bool
    saw: str

    def as_json(self) -> dict[str, Any]:
        """Return the form stored with the message."""
        return {"rule": self.rule, "passed": self.passed, "saw": self.saw}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Open if neither `hold` nor `never` is set. `until` is when a held message may be tried again, if that is known."""

    checks: tuple[Check, ...]
    hold: HoldReason | None = None
    never: NotSentReason | None = None
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the message may leave."""
        return self.hold is None and self.never is None


def judge(facts: Facts) -> Verdict:
    """Ask every question in order; the first one that fails decides. What ends a message is asked before what holds it."""
    checks: list[Check] = []

    def passes(rule: str, ok: bool, saw: str) -> bool:
        checks.append(Check(rule, ok, saw))
        return ok

    def never(reason: NotSentReason) -> Verdict:
        return Verdict(tuple(checks), never=reason)

    def hold(reason: HoldReason, until: datetime | None = None) -> Verdict:
        return Verdict(tuple(checks), hold=reason, until=until)

    if not passes("the run goes on", facts.run_ended_by is None, facts.run_ended_by or "open"):
        return never(NotSentReason.RUN_ENDED)
    own = facts.is_own_address
    if facts.for_test and not passes(OWN_ADDRESS, own, "it is theirs" if own else "it is not, or no longer"):
        return never(NotSentReason.BAD_ADDRESS)
    if facts.for_contact:
        if not passes("no opt-out", not facts.opted_out, "opted out" if facts.opted_out else "none"):
            return never(NotSentReason.OPTED_OUT)
        covered = facts.consent_given >= facts.consent_needed
        if not passes("consent covers it", covered, f"rung {facts.consent_given}, needs {facts.consent_needed}"):
            return never(NotSentReason.NO_CONSENT)
        dead = facts.cannot_receive
        why = "a look-up found a landline" if facts.landline else "the newest message to it could not"
        if not passes("the address can receive", not dead, why if dead else "as far as known"):
            return never(NotSentReason.BAD_ADDRESS)
    fresh = facts.expires_at is None or facts.now < facts.expires_at
    if not passes("still fresh", fresh, f"expires {facts.expires_at}"):
        return never(NotSentReason.EXPIRED)
    if facts.for_contact:
        over = facts.follow_up_over
        if not passes("the follow-up is not over", over is None, over or "it is not"):
            return never(NotSentReason.FOLLOW_UP_OVER)
    if facts.for_contact or facts.for_test:
        # A pause silences what goes to contacts; colleagues must hear of trouble all the more.
        if not passes("not paused", facts.paused_by is None, facts.paused_by or _lets_pass(facts)):
            return hold(HoldReason.PAUSED)
        waits_for = facts.turn_at if facts.turn_at is not None and facts.now < facts.turn_at else None
        if not passes("its turn has come", waits_for is None, f"its turn is at {waits_for}" if waits_for else "yes"):
            return hold(HoldReason.DRAINING, waits_for)
        torn = facts.ledger_unverified
        if not passes("the ledger is whole", not torn, "restored or replaced" if torn else "as it was released"):
            return hold(HoldReason.LEDGER_UNVERIFIED)
    if facts.for_contact:
        unsure = facts.inbound_unsure
        if not passes("nothing that came in is missing", not unsure, "an outage is open" if unsure else "no outage"):
            return hold(HoldReason.INBOUND_GAP)
        doubt = facts.opt_out_in_doubt
        if not passes("no doubtful opt-out", not doubt, "a person must read a reply" if doubt else "none"):
            return hold(HoldReason.DOUBTFUL_OPT_OUT)
        present = facts.away_until is None or facts.away_until <= facts.now
        if not passes("the lead is not away", present, "as far as known" if present else f"until {facts.away_until}"):
            return hold(HoldReason.AWAY, facts.away_until)
        if not passes("this wording is approved", facts.approved, "yes" if facts.approved else "no valid decision"):
            return hold(HoldReason.NOT_APPROVED)
        objection = facts.wording_objection
        if not passes(
            "its wording may be read", objection is None, objection or "nothing was found that may not leave"
        ):
            return hold(HoldReason.WORDING)
        twice = facts.same_text_within_a_day
        if not passes("not the same text twice a day", not twice, "it went to this address" if twice else "it did not"):
            return hold(HoldReason.POSSIBLE_DUPLICATE)
        first = facts.gives_way_to
        if not passes("nothing to the person comes first", first is None, f"a run of {first}" if first else "nothing"):
            return hold(HoldReason.GIVES_WAY)
        if not passes("within the caps", facts.cap is None, facts.cap.saw if facts.cap else "no cap is reached"):
            return hold(HoldReason.FREQUENCY_CAP, facts.cap.until if facts.cap else None)
        if not passes("outside quiet hours", facts.window.allowed, _hours(facts.window)):
            return hold(HoldReason.QUIET_HOURS, facts.window.next_open_at)
    return Verdict(tuple(checks))


def _lets_pass(facts: Facts) -> str:
    by = facts.passed_by
    return f"an incident has paused {by}, and lets its notices pass" if by else "nothing is paused"


def _hours(window: WindowDecision) -> str:
    if window.allowed:
        return "; ".join(window.reasons)
    opens = f"{window.next_open_at:%a %d %b %Y %H:%M} UTC" if window.next_open_at else "not in the next forty days"
    return f"{'; '.join(window.reasons)}; opens {opens}"
