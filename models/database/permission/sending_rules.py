"""Entering sending rules: those that ship, and those that people add. A rule is never changed; a new one supersedes it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject
from models.database.locks import lock_scope
from models.database.outbox import announce_all
from models.database.sending.rules_in_force import rule_book
from models.database.tables.sending_rules import SendingRule as StoredRule
from models.errors import Final, KeyReusedWithDifferentContent
from models.event_kinds import EventKind
from models.rule_book import Addressed, RuleBook, hours_of
from models.rule_terms import CapTerms, HoursTerms
from models.sending_rules import Jurisdiction, Reach, SendingRule
from models.shipped_rules import shipped_rules

_WAITING = text(
    """
    SELECT DISTINCT run_id FROM message WHERE state = 'ready' AND reason IN ('quiet_hours', 'frequency_cap', 'gives_way')
        AND (CAST(:client AS uuid) IS NULL OR client_id = :client)
    """
)
_INHERITED = ("kind", "jurisdiction", "place", "client_id", "channel", "reach", "overrides")
_OWN = {"id", "entered_by", "entered_at", "supersedes"}


class RuleRefused(Final):
    """A rule cannot be entered. The message says which field, and what to do; it may be shown."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def enter_shipped(session: Session) -> int:
    """Enter the rules that ship and are not stored yet. Returns how many were new. Safe to repeat.

    Raises:
        KeyReusedWithDifferentContent: one of them is stored with other content.
    """
    _lock(session)
    stored = {row.key: row for row in session.exec(select(StoredRule).where(col(StoredRule.key).is_not(None)))}
    shipped, new = {rule.id: rule for rule in shipped_rules()}, 0
    for rule in shipped.values():
        if rule.key in stored:
            kept = SendingRule.model_validate(stored[rule.key].model_dump())
            if kept.model_dump(exclude=_OWN) != rule.model_dump(exclude=_OWN):
                said = f"sending rule {rule.key} is stored with other content; make it a new rule that supersedes it"
                raise KeyReusedWithDifferentContent(said)
            continue
        before = stored[shipped[rule.supersedes].key].id if rule.supersedes else None
        row = StoredRule(**rule.model_dump(exclude=_OWN), entered_by=rule.entered_by, supersedes=before)
        session.add(row)
        session.flush()
        stored[rule.key] = row
        new += 1
    return new


def add(session: Session, given: dict[str, Any], origin: Origin) -> SendingRule:
    """Enter a rule. A client's own may only narrow what holds for everybody, unless it names the rule that it overrides.

    Raises:
        RuleRefused: it makes no sense, is wider than it may be, or names a rule that it cannot replace.
    """
    _lock(session)
    rule = _checked(given | {"entered_by": origin.actor})
    book = rule_book(session)
    if rule.overrides is not None:
        _check_replaced(book, rule.overrides, "overrides", rule)
    elif rule.jurisdiction is Jurisdiction.CLIENT:
        _check_narrower(book, rule)
    return _enter(session, rule, origin)


def supersede(session: Session, rule_id: int, given: dict[str, Any], origin: Origin) -> SendingRule:
    """Enter a rule that stands in for another while it is in force. An empty `value` withdraws the other one.

    It holds for the same kind, place, client, channel and reach; only what it says and its dates are new.

    Raises:
        RuleRefused: as `add`, or the rule is superseded already.
    """
    _lock(session)
    book = rule_book(session)
    old = _check_replaced(book, rule_id, "supersedes")
    if (successor := book.successor_of(rule_id)) is not None:
        raise RuleRefused("supersedes", f"rule {rule_id} is superseded by rule {successor.id}; supersede that one")
    if not given.get("value") and not given.get("reason"):
        raise RuleRefused("reason", "say why the rule is withdrawn")
    inherited = {name: getattr(old, name) for name in _INHERITED}
    inherited["reason"] = given.get("reason") or old.reason
    rule = _checked(given | inherited | {"supersedes": rule_id, "entered_by": origin.actor})
    if rule.jurisdiction is Jurisdiction.CLIENT and rule.overrides is None and rule.value:
        _check_narrower(book, rule)
    return _enter(session, rule, origin)


def _lock(session: Session) -> None:
    """One after the other, so that the highest id names a version of all rules."""
    lock_scope(session, "sending_rules")


def _checked(given: dict[str, Any]) -> SendingRule:
    try:
        return SendingRule.model_validate(given | {"id": 0})
    except ValidationError as invalid:
        first = invalid.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "value"
        raise RuleRefused(field, first["msg"].removeprefix("Value error, ")) from None


def _enter(session: Session, rule: SendingRule, origin: Origin) -> SendingRule:
    row = StoredRule(**rule.model_dump(exclude={"id", "entered_at"}))
    session.add(row)
    session.flush()
    session.refresh(row)
    facts = {"rule": row.id, "supersedes": rule.supersedes, "overrides": rule.overrides}
    about = Subject(origin.actor, rule.client_id, channel=rule.channel)
    events.record(session, EventKind.RULE_ENTERED, origin, about, rule.kind, **facts)
    # What waits may wait for less, or for something else now.
    announce_all(session, list(session.execute(_WAITING, {"client": rule.client_id}).scalars()))
    return SendingRule.model_validate(row.model_dump())


def _check_replaced(book: RuleBook, rule_id: int, field: str, rule: SendingRule | None = None) -> SendingRule:
    old = next((known for known in book.rules if known.id == rule_id), None)
    if old is None:
        raise RuleRefused(field, f"there is no rule {rule_id}; see GET /v1/rules")
    if rule is None:
        return old
    if old.kind is not rule.kind:
        raise RuleRefused(field, f"rule {rule_id} is about {old.kind}, not about {rule.kind}")
    if old.client_id is not None:
        raise RuleRefused(field, f"rule {rule_id} is a client's own; supersede it instead")
    return old


def _check_narrower(book: RuleBook, rule: SendingRule) -> None:
    where = Addressed(rule.client_id, rule.channel, ("US",), promotional=rule.reach is Reach.PROMOTIONAL)
    concerning = book.concerning(where, immediate=rule.reach is not Reach.FOLLOW_UP)
    general = [known for known in concerning if known.client_id is None]
    if isinstance(rule.terms, HoursTerms):
        for day in _a_week_from(rule.valid_from):
            for known in book.in_force(general, day, rule.client_id):
                _check_hours(rule.terms, known, day)
    if isinstance(rule.terms, CapTerms):
        for known in book.in_force(general, rule.valid_from, rule.client_id):
            _check_cap(rule.terms, known)


def _check_hours(own: HoursTerms, known: SendingRule, day: date) -> None:
    mine = own.on(day)
    if mine is None or not isinstance(known.terms, HoursTerms) or known.terms.zone != own.zone:
        return
    theirs = hours_of([known], day, own.zone)
    if theirs is None or mine.overlap(theirs) != mine:
        allowed = f"only {theirs}" if theirs else "nothing"
        raise _wider(known, f"on a {day:%A}, where it allows {allowed}")


def _check_cap(own: CapTerms, known: SendingRule) -> None:
    terms = known.terms
    same_form = isinstance(terms, CapTerms) and (own.within, own.ends_after is None) == (
        terms.within,
        terms.ends_after is None,
    )
    if not same_form or not isinstance(terms, CapTerms):
        return
    if (own.messages or 0) > (terms.messages or 0) or (own.ends_after or timedelta(0)) > (
        terms.ends_after or timedelta(0)
    ):
        raise _wider(known, "which would have no effect")


def _wider(known: SendingRule, where: str) -> RuleRefused:
    sentence = (
        f"it is wider than rule {known.id} ({known.jurisdiction}) {where}. A client's rule may only narrow: make it "
        f"narrower, or override rule {known.id} by name, with a reason"
    )
    return RuleRefused("value", sentence)


def _a_week_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=n) for n in range(7))
