"""How often one person is written to: caps over all runs of a client, counted at the claim. Pure; see `models.rule_terms`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from models.plurals import counted
from models.rule_terms import CapTerms
from models.rule_words import span


class Touch(NamedTuple):
    """One automated message that has reached an address, or may have. `at` is aware."""

    at: datetime
    promotional: bool


class Contacts(NamedTuple):
    """What has been sent before, as far as caps count it."""

    touches: tuple[Touch, ...] = ()
    """To the same address, over all runs of the client; of the last 31 days."""
    of_run: int = 0
    """In the same enrolment, on all its channels."""
    last_heard: datetime | None = None
    """When the person was last in contact: their inquiry or their newest reply."""


class CapHit(NamedTuple):
    """A cap that is reached. `until` is when it opens again; None: never, in this enrolment."""

    rule_id: int
    until: datetime | None
    saw: str


def reached(
    now: datetime, caps: Iterable[tuple[int, CapTerms]], contacts: Contacts, *, promotional_only: Iterable[int] = ()
) -> CapHit | None:
    """Return the cap that lasts longest of those that are reached, or None.

    Args:
        now: aware.
        caps: with the ids of their rules.
        contacts: what was sent before.
        promotional_only: ids of the caps that count promotional messages alone.
    """
    only = set(promotional_only)
    hits = []
    for rule_id, cap in caps:
        touches = [touch for touch in contacts.touches if touch.promotional or rule_id not in only]
        hit = _hit(now, rule_id, cap, touches, contacts)
        if hit is not None:
            hits.append(hit)
    for_ever = [hit for hit in hits if hit.until is None]
    return next(iter(for_ever), max(hits, key=lambda hit: hit.until or now, default=None))


def _hit(now: datetime, rule_id: int, cap: CapTerms, touches: Sequence[Touch], contacts: Contacts) -> CapHit | None:
    if cap.ends_after is not None:
        if contacts.last_heard is None or now < contacts.last_heard + cap.ends_after:
            return None
        said = f"last in contact {contacts.last_heard:%d %b %Y}; follow-up ends {counted(cap.ends_after.days, 'day')} later"
        return CapHit(rule_id, None, said)
    assert cap.messages is not None
    if cap.within is None:
        said = f"{counted(contacts.of_run, 'message')} in this enrolment, {cap.messages} are allowed"
        return CapHit(rule_id, None, said) if contacts.of_run >= cap.messages else None
    recent = sorted((touch.at for touch in touches if touch.at > now - cap.within), reverse=True)
    if len(recent) < cap.messages:
        return None
    # Once the oldest of the newest `messages` is out of the span, one fewer is left in it.
    until = recent[cap.messages - 1] + cap.within
    return CapHit(rule_id, until, f"{len(recent)} in {span(cap)}, {cap.messages} allowed")
