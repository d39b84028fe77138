"""The part of the query language that is asked here, over the objects of a company."""

import re
from collections.abc import Mapping
from typing import Any

KINDS = ("Invoice", "SalesReceipt", "Payment", "CreditMemo", "RefundReceipt")
_QUERY = re.compile(
    r"select \* from (?P<kind>\w+)"
    r"(?: where TxnDate >= '(?P<first>[\d-]{10})' and TxnDate <= '(?P<last>[\d-]{10})')?"
    r" startposition (?P<start>\d+) maxresults (?P<most>\d+)",
    re.IGNORECASE,
)


class NotUnderstood(Exception):
    """A query that QuickBooks, or this stand-in, cannot parse."""


def answer(content: Mapping[str, Any], query: str) -> dict[str, Any]:
    """The answer to a query.

    Args:
        content: `home_currency`, and lists of objects by kind, as the API has them.
        query: as it was sent.
    """
    asked = _QUERY.fullmatch(query.strip())
    if asked is None or int(asked["most"]) > 1000:
        raise NotUnderstood(query)
    if asked["kind"] == "Preferences":
        found = [{"Id": "1", "CurrencyPrefs": {"HomeCurrency": {"value": content.get("home_currency", "USD")}}}]
    elif asked["kind"] in KINDS:
        found = [one for one in content.get(asked["kind"], []) if _is_within(one, asked["first"], asked["last"])]
    else:
        raise NotUnderstood(query)
    start = int(asked["start"])
    page = found[start - 1 : start - 1 + int(asked["most"])]
    said: dict[str, Any] = {"startPosition": start, "maxResults": len(page)}
    # Without a match QuickBooks leaves the list out.
    return {"QueryResponse": {asked["kind"]: page, **said} if page else {}}


def _is_within(one: Mapping[str, Any], first: str | None, last: str | None) -> bool:
    return first is None or last is None or first <= str(one["TxnDate"]) <= last
