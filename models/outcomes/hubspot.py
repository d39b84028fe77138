"""What HubSpot's web hooks say about a deal: one change of one property each, in any order, some of them twice.

https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: batches of up to 100, not in order, and an
`eventId` that is not sure to be unique. So the newest value of each property is kept, and the outcome is read from those.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.outcomes.money import minor_value
from models.outcomes.reasons import lost_reason_of
from models.outcomes.told import EvidenceKind, LeadOutcome, ToldOutcome, UnusableOutcome, Value, ValueBasis

STAGE, AMOUNT, CURRENCY, REASON = "dealstage", "amount", "deal_currency_code", "closed_lost_reason"
PROPERTIES = frozenset({STAGE, AMOUNT, CURRENCY, REASON})
"""Those that a subscription to `deal.propertyChange` should name."""
CHANGE = "deal.propertyChange"
MOST_CHANGES = 1000
LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class DealChange:
    """That a property of a deal got a value at a moment."""

    deal_id: str
    name: str
    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stages:
    """Which stages of the client's pipelines mean a booking and a loss, and the currency of deals that name none."""

    won: frozenset[str]
    lost: frozenset[str]
    currency: str


def changes(raw: bytes) -> list[DealChange]:
    """Return the changes in one request that are about an outcome. Raises UnusableOutcome."""
    try:
        events = json.loads(raw)
    except ValueError:
        raise UnusableOutcome("no JSON") from None
    if not isinstance(events, list) or len(events) > MOST_CHANGES:
        raise UnusableOutcome("no list of events")
    found = [event for event in events if isinstance(event, dict) and event.get("subscriptionType") == CHANGE]
    return [_change(event) for event in found if event.get("propertyName") in PROPERTIES]


def _change(event: Mapping[str, Any]) -> DealChange:
    deal, at, value = event.get("objectId"), event.get("occurredAt"), event.get("propertyValue", "")
    if not isinstance(deal, int | str) or not isinstance(at, int) or not isinstance(value, str | int | float):
        raise UnusableOutcome("an event without objectId, occurredAt or propertyValue")
    try:
        moment = datetime.fromtimestamp(at / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise UnusableOutcome("an event with an impossible occurredAt") from None
    return DealChange(str(deal)[:40], str(event["propertyName"]), str(value)[:LONGEST_VALUE], moment)


def told(deal_id: str, newest: Mapping[str, tuple[str, datetime]], stages: Stages) -> ToldOutcome | None:
    """Return what the newest values of a deal's properties say; None as long as its stage is not known."""
    if STAGE not in newest:
        return None
    stage, at = newest[STAGE]
    if stage in stages.won:
        # A value that changes after the booking is the news; one from before it is part of it.
        at = max(moment for name, (_, moment) in newest.items() if name in (STAGE, AMOUNT, CURRENCY))
        return ToldOutcome(LeadOutcome.BOOKED, at, EvidenceKind.CRM_DEAL, deal_id, _value(newest, stages))
    if stage in stages.lost:
        written, since = newest.get(REASON, ("", at))
        reason = lost_reason_of(written)
        return ToldOutcome(LeadOutcome.LOST, max(at, since), EvidenceKind.CRM_DEAL, deal_id, lost_reason=reason)
    return ToldOutcome(LeadOutcome.OPEN, at, EvidenceKind.CRM_DEAL, deal_id)


def _value(newest: Mapping[str, tuple[str, datetime]], stages: Stages) -> Value | None:
    amount = newest.get(AMOUNT, ("", None))[0]
    currency = newest.get(CURRENCY, ("", None))[0] or stages.currency
    return minor_value(amount, currency, ValueBasis.QUOTED)
