"""`POST …/search`: filter groups (any of them), filters (all of a group), sorting, pages.

Source: https://developers.hubspot.com/docs/api-reference/search/guide. The real one is fed with some delay; this one
sees every record at once.
"""

from collections.abc import Callable, Iterable
from typing import Any

from deploy.local.standins.hubspot.errors import Refused
from deploy.local.standins.hubspot.record import Record

USUAL_LIMIT = 10
LARGEST_LIMIT = 200


def search(records: Iterable[Record], asked: dict[str, Any]) -> dict[str, Any]:
    """The answer to a search over the live records of a kind.

    Raises:
        Refused: an unknown operator, or a limit that is too large.
    """
    groups = [group.get("filters", []) for group in asked.get("filterGroups", [])] or [asked.get("filters", [])]
    found = [record for record in records if any(all(_holds(record, each) for each in group) for group in groups)]
    for sort in reversed(asked.get("sorts", [])):
        name, descending = _sort(sort)
        found.sort(key=lambda record: _comparable(record.all_properties.get(name, "")), reverse=descending)
    return page(found, asked.get("limit", USUAL_LIMIT), asked.get("after", 0), asked.get("properties")) | {
        "total": len(found)
    }


def page(found: list[Record], limit: Any, after: Any, properties: list[str] | None) -> dict[str, Any]:
    """Some of the records, with `paging` if there are more."""
    try:
        size, start = int(limit), int(after or 0)
    except (TypeError, ValueError):
        raise Refused("limit and after must be numbers") from None
    if not 0 < size <= LARGEST_LIMIT:
        raise Refused(f"limit must be between 1 and {LARGEST_LIMIT}")
    shown = [record.shown(properties or record.type.shown) for record in found[start : start + size]]
    more = {"paging": {"next": {"after": str(start + size)}}} if start + size < len(found) else {}
    return {"results": shown} | more


def _holds(record: Record, condition: dict[str, Any]) -> bool:
    actual = record.all_properties.get(str(condition.get("propertyName")))
    operator = OPERATORS.get(str(condition.get("operator")))
    if operator is None:
        raise Refused(f"Invalid operator: {condition.get('operator')}")
    try:
        return operator(actual, condition)
    except KeyError as missing:
        raise Refused(f"Invalid input JSON: a filter lacks {missing}") from None


def _sort(sort: Any) -> tuple[str, bool]:
    if isinstance(sort, dict):
        return str(sort.get("propertyName")), sort.get("direction") == "DESCENDING"
    return str(sort).removeprefix("-"), str(sort).startswith("-")


def _comparable(value: Any) -> tuple[int, float, str]:
    try:
        return 0, float(value), ""
    except ValueError:
        return 1, 0, str(value).lower()


def _same(actual: str, value: Any) -> bool:
    return actual.lower() == str(value).lower()


def _in(actual: str, values: list[Any]) -> bool:
    return any(_same(actual, value) for value in values)


OPERATORS: dict[str, Callable[[str | None, dict[str, Any]], bool]] = {
    "EQ": lambda actual, given: actual is not None and _same(actual, given["value"]),
    "NEQ": lambda actual, given: actual is None or not _same(actual, given["value"]),
    "IN": lambda actual, given: actual is not None and _in(actual, given["values"]),
    "NOT_IN": lambda actual, given: actual is None or not _in(actual, given["values"]),
    "HAS_PROPERTY": lambda actual, _: bool(actual),
    "NOT_HAS_PROPERTY": lambda actual, _: not actual,
    "CONTAINS_TOKEN": lambda actual, given: (
        bool(actual) and str(given["value"]).strip("*").lower() in str(actual).lower()
    ),
    "LT": lambda actual, given: actual is not None and _comparable(actual) < _comparable(given["value"]),
    "LTE": lambda actual, given: actual is not None and _comparable(actual) <= _comparable(given["value"]),
    "GT": lambda actual, given: actual is not None and _comparable(actual) > _comparable(given["value"]),
    "GTE": lambda actual, given: actual is not None and _comparable(actual) >= _comparable(given["value"]),
}
