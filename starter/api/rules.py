"""Sending rules: what holds where and when, with its source; entering and superseding them."""

from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import Session, select

from models.database.engine import now, transaction
from models.database.permission import sending_rules
from models.database.permission.sending_rules import RuleRefused
from models.database.sending.rules_in_force import rule_book
from models.database.tables.people import Client
from models.rule_book import Addressed, RuleBook, hours_of
from models.rule_words import in_words
from models.sending_rules import Jurisdiction, Reach, RuleKind, SendingRule
from models.terms import Channel
from models.zones import places_in
from starter.api.fields import Day, Key, Reason, Short, Strict
from starter.api.scoped import client_named
from starter.callers import Anybody, MayRule
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/rules", tags=["Rules"])
Place = Annotated[str, Field(pattern=r"^(|unknown|[A-Z]{2}(-[A-Z]{2})?)$", examples=["US-FL"])]
Value = Annotated[dict[str, Any], Field(max_length=12, examples=[{"daily": "09:00-20:00", "sunday": "closed"}])]


class Dated(Strict):
    """What every new rule says."""

    value: Value = Field(
        description="hours: `daily`, `weekdays`, `weekend` or a day, each `08:00-21:00` or `closed`, and `zone` if it is not "
        "the recipient's. holidays: `calendar` (us_federal, US-LA, CA, CA-QC), `dates`. cap: `messages` and `within` "
        "(PT24H), or `messages` of one enrollment, or `ends_after`. priority: `order`, kinds of run in groups."
    )
    valid_from: Day = Field(description="The first local date on which it holds.")
    valid_until: Day | None = Field(None, description="The last one.")
    source: Short = Field(min_length=1, description="The law, page or person it comes from.")
    verified_on: Day | None = Field(None, description="When the source was looked at.")
    note: Short = ""


class RuleBody(Dated):
    """A new rule of a client, or of the agency, a state or a country."""

    kind: RuleKind
    jurisdiction: Jurisdiction
    place: Place = ""
    client: Key | None = None
    channel: Channel | None = None
    reach: Reach = Reach.EVERYTHING
    overrides: int | None = Field(
        None, description="The rule that it replaces for this client, although it may be wider."
    )
    reason: Reason | None = Field(None, description="Why it overrides the other rule; needed with `overrides`.")


class SuccessorBody(Dated):
    """What stands in for a rule from now on. An empty `value` withdraws it, with a `reason`."""

    reason: Reason | None = None


class RuleLine(BaseModel):
    """One rule. `replaced_by` names the rule that stands in for it, for this client on this date."""

    id: int
    key: str | None
    in_words: str
    kind: RuleKind
    jurisdiction: Jurisdiction
    place: str
    client: str | None
    channel: Channel | None
    reach: Reach
    value: dict[str, Any]
    valid_from: date
    valid_until: date | None
    source: str
    verified_on: date | None
    note: str
    supersedes: int | None
    overrides: int | None
    reason: str
    entered_by: str
    entered_at: datetime | None
    in_force: bool
    replaced_by: int | None


class Rules(BaseModel):
    """What holds for a message on a date. `follow_up` and `at_once` are the hours that all rules together leave."""

    on: date
    places: list[str]
    follow_up: str
    at_once: str
    rules: list[RuleLine]


@router.get("", summary="List what holds for a state, a zone, a date, a client")
def list_rules(
    caller: Anybody,
    uses: Uses,
    state: Annotated[str | None, Query(pattern=r"^[A-Z]{2}(-[A-Z]{2})?$", examples=["FL"])] = None,
    zone: Annotated[str | None, Query(max_length=60, examples=["America/New_York"])] = None,
    on: Day | None = None,
    client: Key | None = None,
    channel: Channel = Channel.SMS,
    replaced: Annotated[bool, Query(description="Also those that others stand in for.")] = False,
) -> Rules:
    """Return the rules for somebody in a state (or in any state of a zone); without either, where nothing tells where.

    A rule that a client's own overrides is shown beside it.
    """
    if zone is not None and zone not in available_timezones():
        raise field_problem("zone", "give an IANA time zone, such as America/Denver")
    with transaction(uses.engine) as session:
        owner = client_named(session, caller, client) if client else None
        book, day = rule_book(session), on or now(session).date()
        names = _names(session)
    places = (state if "-" in state else f"US-{state}",) if state else places_in(zone) if zone else ()
    where = Addressed(owner.id if owner else None, channel, tuple(places), promotional=True)
    concerning = book.concerning(where, immediate=False)
    lines = [_line(book, rule, day, where.client_id, names) for rule in concerning]
    shown = [line for line in lines if line.in_force or (line.replaced_by and (replaced or _overridden(book, line)))]
    return Rules(
        on=day,
        places=sorted(places),
        follow_up=_open(book, where, day, immediate=False),
        at_once=_open(book, where, day, immediate=True),
        rules=shown,
    )


@router.post("", status_code=HTTPStatus.CREATED, summary="Enter a rule")
def enter(body: RuleBody, caller: MayRule, uses: Uses) -> RuleLine:
    """Enter a rule; it counts for every claim after the answer.

    A client's own may only narrow what holds for everybody, unless it overrides a rule by its id, with a reason. Then both
    are shown.
    """
    with transaction(uses.engine) as session:
        owner = client_named(session, caller, body.client) if body.client else None
        if owner is None:
            caller.refuse_unless_for_all()
        given = body.model_dump(exclude={"client", "reason"}) | {"reason": body.reason or ""}
        given["client_id"] = owner.id if owner else None
        return _accepted(session, lambda: sending_rules.add(session, given, caller.origin))


@router.post("/{rule_id}/successor", status_code=HTTPStatus.CREATED, summary="Supersede or withdraw a rule")
def supersede(rule_id: int, body: SuccessorBody, caller: MayRule, uses: Uses) -> RuleLine:
    """Enter what stands in for a rule while it is in force. The old rule stays as it is."""
    with transaction(uses.engine) as session:
        given = body.model_dump(exclude={"reason"}) | {"reason": body.reason or ""}
        return _accepted(session, lambda: sending_rules.supersede(session, rule_id, given, caller.origin))


def _accepted(session: Session, entering: Callable[[], SendingRule]) -> RuleLine:
    try:
        rule = entering()
    except RuleRefused as refused:
        raise field_problem(refused.field, str(refused)) from None
    return _line(rule_book(session), rule, now(session).date(), rule.client_id, _names(session))


def _names(session: Session) -> dict[UUID, str]:
    return {client.id: client.key for client in session.exec(select(Client))}


def _line(book: RuleBook, rule: SendingRule, day: date, client_id: UUID | None, names: dict[UUID, str]) -> RuleLine:
    replaced = book.replaced_by(rule, day, client_id) if rule.is_dated(day) else None
    own = {name: getattr(rule, name) for name in RuleLine.model_fields if name in SendingRule.model_fields}
    return RuleLine(
        **own,
        in_words=in_words(rule),
        client=names[rule.client_id] if rule.client_id else None,
        in_force=rule.is_dated(day) and replaced is None,
        replaced_by=replaced.id if replaced else None,
    )


def _overridden(book: RuleBook, line: RuleLine) -> bool:
    return any(rule.id == line.replaced_by and rule.overrides for rule in book.rules)


def _open(book: RuleBook, where: Addressed, day: date, *, immediate: bool) -> str:
    rules = book.in_force(book.concerning(where, immediate=immediate), day, where.client_id)
    own = {str(rule.value["zone"]) for rule in rules if rule.value.get("zone")}
    local = [
        str(hours_of(rules, day) or "closed"),
        *(f"{hours_of(rules, day, zone) or 'closed'} {zone}" for zone in sorted(own)),
    ]
    return " and ".join(local)
