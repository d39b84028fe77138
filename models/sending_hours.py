"""Whether a message may leave now, by every rule that holds for it: the hours, the caps, and who goes first."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.frequency import CapHit, Contacts, reached
from models.quiet_hours import Opening, Timetable, WindowDecision, is_open, next_opening
from models.rule_book import Addressed, RuleBook, has_hours
from models.sending_rules import Reach, SendingRule

ANSWERED_AT_ONCE = timedelta(minutes=10)
"""So long after a person has called or written, an answer is an immediate one; later it is a follow-up."""
NO_RULES = "no rule says when messages may leave; run `comms database upgrade`, which enters those that ship"


class Sender(NamedTuple):
    """What the rows say about one message, as far as rules ask. Moments are aware, on the database clock."""

    now: datetime
    zones: tuple[str, ...]
    """Every zone the recipient may be in; the window must be open in all of them."""
    addressed: Addressed
    immediate_until: datetime | None = None
    """Until when it counts as an immediate answer; None if it is none."""
    contacts: Contacts = Contacts()
    kind: str = ""
    """Of its run."""
    others: frozenset[str] = frozenset()
    """Kinds of the other runs that are open for the same person."""


class SendingDecision(NamedTuple):
    """What the rules say about a message now."""

    window: WindowDecision
    cap: CapHit | None = None
    gives_way_to: str | None = None
    """The kind of an open run for the same person that comes first."""


def decide(book: RuleBook, message: Sender) -> SendingDecision:
    """Ask every rule. The window must be open in every zone the recipient may be in, by the rules of every place.

    Raises:
        ValueError: `now` is naive, or there is no zone to judge it in.
    """
    message = message._replace(now=_in_utc(message.now))
    immediate = message.immediate_until is not None and message.now <= message.immediate_until
    rules = book.concerning(message.addressed, immediate=immediate)
    return SendingDecision(
        window=_window(book, message, rules),
        cap=_cap(book, message, rules),
        gives_way_to=_first(book, message),
    )


def always_open(book: RuleBook, message: Sender) -> SendingDecision:
    """Ask only who goes first: for a local stack whose recipients are made up."""
    window = WindowDecision(allowed=True, zones=message.zones, reasons=("quiet hours and caps are switched off",))
    return SendingDecision(window, gives_way_to=_first(book, message))


def next_open_at(book: RuleBook, message: Sender) -> datetime | None:
    """Return the first moment at or after `now` when the window is open, or None; caps are not asked."""
    opening = _opening(book, message._replace(now=_in_utc(message.now)))
    return opening.start if opening else None


def _first(book: RuleBook, message: Sender) -> str | None:
    first = book.outranking(message.kind, set(message.others), message.now.date())
    return min(first, default=None)


def _window(book: RuleBook, message: Sender, rules: tuple[SendingRule, ...]) -> WindowDecision:
    client_id, zones = message.addressed.client_id, message.zones
    days = sorted({message.now.astimezone(ZoneInfo(zone)).date() for zone in zones})
    in_force = {rule.id: rule for day in days for rule in book.in_force(rules, day, client_id)}
    known = WindowDecision(
        allowed=False, zones=zones, places=message.addressed.places, rule_ids=tuple(sorted(in_force))
    )
    if not has_hours(in_force.values()):
        return known.model_copy(update={"reasons": (NO_RULES,)})
    opening = _opening(book, message)
    if opening is not None and opening.start == message.now:
        closes_in = opening.end - message.now if opening.end else None
        open_in = (f"open in {', '.join(zones)}",)
        return known.model_copy(update={"allowed": True, "closes_in": closes_in, "reasons": open_in})
    shut = [(z, table) for z, table in book.timetables(rules, zones, client_id) if not is_open(message.now, z, table)]
    reasons = tuple(_why_shut(message.now, zone, table) for zone, table in shut)
    return known.model_copy(
        update={
            "next_open_at": opening.start if opening else None,
            "shut_in": tuple(dict.fromkeys(zone for zone, _ in shut)),
            "reasons": reasons or ("it shuts within a minute",),
        }
    )


def _opening(book: RuleBook, message: Sender) -> Opening | None:
    """Return the next opening: that of an immediate answer as long as it is one, else that of a follow-up."""
    client_id = message.addressed.client_id
    openings = []
    for immediate in (True, False):
        if immediate and (message.immediate_until is None or message.now > message.immediate_until):
            continue
        rules = book.concerning(message.addressed, immediate=immediate)
        opening = next_opening(message.now, book.timetables(rules, message.zones, client_id))
        in_time = opening and (not immediate or opening.start <= (message.immediate_until or message.now))
        if opening and in_time:
            openings.append(opening)
    return min(openings, key=lambda opening: opening.start, default=None)


def _cap(book: RuleBook, message: Sender, rules: tuple[SendingRule, ...]) -> CapHit | None:
    days = {message.now.astimezone(ZoneInfo(zone)).date() for zone in message.zones}
    caps = {cap for day in days for cap in book.caps(rules, day, message.addressed.client_id)}
    promotional = [rule.id for rule in rules if rule.reach is Reach.PROMOTIONAL]
    return reached(message.now, sorted(caps, key=lambda cap: cap[0]), message.contacts, promotional_only=promotional)


def _in_utc(now: datetime) -> datetime:
    if now.utcoffset() is None:
        raise ValueError("sending rules need a moment with a time zone")
    return now.astimezone(UTC)


def _why_shut(now: datetime, zone: str, timetable: Timetable) -> str:
    wall = now.astimezone(ZoneInfo(zone))
    hours = timetable(wall.date())
    allowed = f"{hours} is allowed" if hours else "nothing is allowed on that day"
    return f"it is {wall:%a %H:%M} in {zone}, where {allowed}"
