"""The list of messages: filters, days, pages.

Source: https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources. `DateSent`,
`DateSent<` and `DateSent>` mean whole days in GMT, bounds included; a time of day is ignored. A message that has not
been sent has no such date: any of these filters leaves it out.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from multidict import MultiMapping

from deploy.local.standins.twilio.errors import Refused
from deploy.local.standins.twilio.store import Store

USUAL_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 1000
TOKEN_PREFIX = "PA"


def page(store: Store, query: MultiMapping[str], path: str) -> dict[str, Any]:
    """One page of messages, newest first, with the addresses of its neighbours.

    Raises:
        Refused: a filter or page number makes no sense.
    """
    number, size = _number(query, "Page", 0), min(_number(query, "PageSize", USUAL_PAGE_SIZE), LARGEST_PAGE_SIZE)
    moment = time.time()
    sent_from, sent_before = _bounds(query)
    found = store.listed(
        recipient=query.get("To"),
        sender=query.get("From"),
        sent_from=sent_from,
        sent_before=sent_before,
        moment=moment,
        older_than=query.get("PageToken", "").removeprefix(TOKEN_PREFIX) or None,
        limit=size + 1,
    )
    shown = found[:size]
    filters = {name: value for name, value in query.items() if name not in {"Page", "PageToken", "PageSize"}}

    def address(**more: str | int) -> str:
        return f"{path}?{urlencode({**filters, 'PageSize': size, **more})}"

    following = address(Page=number + 1, PageToken=TOKEN_PREFIX + shown[-1].sid) if len(found) > size else None
    return {
        "end": number * size + max(len(shown) - 1, 0),
        "first_page_uri": address(Page=0),
        "messages": [message.resource(moment) for message in shown],
        "next_page_uri": following,
        "page": number,
        "page_size": size,
        "previous_page_uri": address(Page=number - 1) if number else None,
        "start": number * size,
        "uri": address(Page=number),
    }


def _number(query: MultiMapping[str], name: str, default: int) -> int:
    given = query.get(name) or str(default)
    if not given.isdecimal():
        raise Refused(20001, message=f"{name} must be a number")
    return int(given)


def _bounds(query: MultiMapping[str]) -> tuple[float | None, float | None]:
    on, since, until = (_day(query, name) for name in ("DateSent", "DateSent>", "DateSent<"))
    first, last = on or since, on or until
    return _midnight(first), _midnight(last + timedelta(days=1) if last is not None else None)


def _day(query: MultiMapping[str], name: str) -> date | None:
    given = query.get(name)
    if not given:
        return None
    try:
        return date.fromisoformat(given.lstrip("=")[:10])
    except ValueError:
        raise Refused(20001, message=f"{name} must be a date, YYYY-MM-DD") from None


def _midnight(day: date | None) -> float | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
