"""All sending rules together: which of them are in force for a message on a date, and what they allow."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from models.quiet_hours import ALL_DAY, Hours, Timetable
from models.rule_terms import CapTerms, HolidayTerms, HoursTerms, PriorityTerms
from models.sending_rules import Reach, SendingRule
from models.terms import Channel


class Addressed(NamedTuple):
    """What decides which rules hold for a message. `None` and empty mean that it is not known, or does not matter."""

    client_id: UUID | None
    channel: Channel | None
    places: tuple[str, ...]
    """Where the recipient may be (ISO 3166-2): the rules of every one of them hold."""
    promotional: bool = False


class RuleBook:
    """Every rule. The strictest of those in force decides, because all of them must allow it.

    Args:
        rules: all of them, the superseded ones too.
    """

    def __init__(self, rules: Iterable[SendingRule]) -> None:
        self.rules = tuple(rules)
        self._successor = {rule.supersedes: rule for rule in self.rules if rule.supersedes is not None}
        self._overriding: dict[int, list[SendingRule]] = {}
        for rule in self.rules:
            if rule.overrides is not None:
                self._overriding.setdefault(rule.overrides, []).append(rule)

    def concerning(self, message: Addressed, *, immediate: bool) -> tuple[SendingRule, ...]:
        """Return the rules that hold for a message at some date. `immediate`: it answers somebody at once."""
        reaches = {Reach.EVERYTHING}
        if not immediate:
            reaches.add(Reach.FOLLOW_UP)
        if message.promotional:
            reaches.add(Reach.PROMOTIONAL)
        return tuple(
            rule
            for rule in self.rules
            if rule.reach in reaches
            and rule.channel in (None, message.channel)
            and rule.client_id in (None, message.client_id)
            and rule.is_for(message.places)
        )

    def in_force(self, rules: Iterable[SendingRule], day: date, client_id: UUID | None) -> list[SendingRule]:
        """Return which of these rules hold on a local date: neither superseded nor, for this client, overridden."""
        return [rule for rule in rules if rule.is_dated(day) and self.replaced_by(rule, day, client_id) is None]

    def replaced_by(self, rule: SendingRule, day: date, client_id: UUID | None) -> SendingRule | None:
        """Return the rule that stands in for another one on a date, or None. What stands in ends with its own dates."""
        successor = self._successor.get(rule.id)
        if successor is not None:
            if further := self.replaced_by(successor, day, client_id):
                return further
            if successor.is_dated(day):
                return successor
        for override in self._overriding.get(rule.id, ()):
            if override.client_id == client_id and override.is_dated(day):
                return self.replaced_by(override, day, client_id) or override
        return None

    def successor_of(self, rule_id: int) -> SendingRule | None:
        """Return the rule that supersedes another, at whatever date, or None."""
        return self._successor.get(rule_id)

    def timetables(
        self, rules: Sequence[SendingRule], zones: Sequence[str], client_id: UUID | None
    ) -> list[tuple[str, Timetable]]:
        """Return the hours that these rules leave in each zone. A rule with a zone of its own adds that zone."""
        own = {rule.terms.zone for rule in rules if isinstance(rule.terms, HoursTerms) and rule.terms.zone}
        local = [(zone, self._timetable(rules, None, client_id)) for zone in zones]
        return local + [(zone, self._timetable(rules, zone, client_id)) for zone in sorted(own)]

    def _timetable(self, rules: Sequence[SendingRule], zone: str | None, client_id: UUID | None) -> Timetable:
        """Return a timetable of those rules that are told in a zone, or in the recipient's own (None)."""
        read: dict[date, Hours | None] = {}

        def timetable(day: date) -> Hours | None:
            if day not in read:
                read[day] = hours_of(self.in_force(rules, day, client_id), day, zone)
            return read[day]

        return timetable

    def caps(self, rules: Sequence[SendingRule], day: date, client_id: UUID | None) -> list[tuple[int, CapTerms]]:
        """Return the caps in force on a date, with the ids of their rules."""
        in_force = self.in_force(rules, day, client_id)
        return [(rule.id, rule.terms) for rule in in_force if isinstance(rule.terms, CapTerms)]

    def outranking(self, kind: str, others: set[str], day: date) -> set[str]:
        """Return which of these kinds of run a run of this kind gives way to."""
        orders = [rule.terms for rule in self.in_force(self.rules, day, None) if isinstance(rule.terms, PriorityTerms)]
        return {other for order in orders for other in order.outranking(kind, others)}


def hours_of(rules: Iterable[SendingRule], day: date, zone: str | None = None) -> Hours | None:
    """Return the hours that all these rules leave open on a date; None if none. Rules told in another zone are left out.

    Where no rule says when messages may leave, none may.
    """
    rules = list(rules)
    left = ALL_DAY if zone is not None or has_hours(rules) else None
    for rule in rules:
        terms = rule.terms
        if isinstance(terms, HolidayTerms) and zone is None and terms.shut(day):
            return None
        if isinstance(terms, HoursTerms) and terms.zone == zone:
            own = terms.on(day)
            left = left.overlap(own) if left and own else None
    return left


def has_hours(rules: Iterable[SendingRule]) -> bool:
    """Return whether any of these rules says when messages may leave. Without one nothing may."""
    return any(isinstance(rule.terms, HoursTerms) for rule in rules)
