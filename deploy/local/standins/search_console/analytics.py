"""What Search Analytics answers to a query over the days of a property."""

from collections.abc import Mapping
from datetime import date
from typing import Any

MOST_ROWS = 25_000


class Refused(Exception):
    """A query that Google would refuse: its HTTP status, reason and message."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


def answer(content: Mapping[str, Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a query.

    Args:
        content: `days` (by ISO date: clicks, impressions, position), `final_through` (ISO date; later days are still being
            counted), `queries` (searches, each with its clicks).
        query: the body of the request.
    """
    first, last = _date(query, "startDate"), _date(query, "endDate")
    if first > last:
        raise Refused(400, "invalidParameter", "startDate must be before endDate")
    limit, start = int(query.get("rowLimit", 1000)), int(query.get("startRow", 0))
    if not 1 <= limit <= MOST_ROWS:
        raise Refused(400, "invalidParameter", "rowLimit must be between 1 and 25000")
    state = str(query.get("dataState", "final")).lower()
    final = date.fromisoformat(content["final_through"])
    days = {
        day: numbers
        for written, numbers in content["days"].items()
        if first <= (day := date.fromisoformat(written)) <= last and (state == "all" or day <= final)
    }
    match query.get("dimensions", []):
        case []:
            rows = [_row([], list(days.values()))] if days else []
        case ["date"]:
            rows = [_row([day.isoformat()], [numbers]) for day, numbers in sorted(days.items())]
        case ["query"]:
            found = content.get("queries", []) if days else []
            rows = [
                {"keys": [text], "clicks": n, "impressions": n * 9, "ctr": 1 / 9, "position": 4.0} for text, n in found
            ]
        case _:
            raise Refused(400, "invalidParameter", "dimensions not supported by this stand-in")
    said: dict[str, Any] = {"rows": rows[start : start + limit], "responseAggregationType": "byProperty"}
    unfinished = sorted(day for day in days if day > final)
    if state == "all" and query.get("dimensions") == ["date"] and unfinished:
        said["metadata"] = {"first_incomplete_date": unfinished[0].isoformat()}
    return said if rows else {key: value for key, value in said.items() if key != "rows"}


def _row(keys: list[str], days: list[Mapping[str, float]]) -> dict[str, Any]:
    clicks, impressions = sum(day["clicks"] for day in days), sum(day["impressions"] for day in days)
    weighed = sum(day["position"] * day["impressions"] for day in days)
    numbers = {
        "clicks": clicks,
        "impressions": impressions,
        "ctr": clicks / impressions if impressions else 0.0,
        "position": weighed / impressions if impressions else 0.0,
    }
    return ({"keys": keys} if keys else {}) | numbers


def _date(query: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(query[name]))
    except (KeyError, ValueError):
        raise Refused(400, "required", f"{name} is missing or not a date") from None
