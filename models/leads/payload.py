"""Reading what machines send: nothing is taken for granted, and nothing raises but `UnreadableLead`.

Vendors add fields without notice, write numbers as text and leave fields out, so shapes here forgive; sizes do not.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json

from models.addresses import normalise
from models.errors import InvalidAddress
from models.leads.event import Contact, UnreadableLead
from models.leads.terms import PhoneKind
from models.terms import Channel

SHORT, LONG = 200, 4_000
MOST = 100
"""Entries of a list that are read."""
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_YEARS = range(2000, 2101)
_YES = frozenset({"true", "yes", "y", "1", "on"})
_NO = frozenset({"false", "no", "n", "0", "off"})

Fields = Mapping[str, Any]


def json_object(raw: bytes) -> Fields:
    """Return a JSON object. Raises UnreadableLead for anything else, however deep or long it is."""
    try:
        found = from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise UnreadableLead("not_json") from None
    if not isinstance(found, dict):
        raise UnreadableLead("not_an_object")
    return found


def form(raw: bytes) -> Fields:
    """Return the fields of a form; of a repeated one, the first. Raises UnreadableLead."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=500)
    except ValueError:
        raise UnreadableLead("not_a_form") from None
    return dict(reversed(pairs))


def part(fields: Fields, name: str) -> Fields:
    """Return an object inside an object; an empty one if there is none."""
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def parts(fields: Fields, name: str) -> list[Fields]:
    """Return the objects of a list, at most MOST; none if there is no list."""
    found = fields.get(name)
    return [one for one in found[:MOST] if isinstance(one, dict)] if isinstance(found, list) else []


def written(fields: Fields, name: str, most: int = SHORT) -> str:
    """Return a text or a number as text, without what a database cannot store, cut to `most`; empty for all else."""
    found = fields.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return cleaned(str(found), most)


def cleaned(text: str, most: int = SHORT) -> str:
    """Return a text without control characters and surrounding blanks, cut to `most` characters."""
    return _UNSTORABLE.sub("", text).strip()[:most].strip()


def required(fields: Fields, name: str) -> str:
    """Return a text that must be there. Raises UnreadableLead."""
    if found := written(fields, name):
        return found
    raise UnreadableLead(f"no_{name.lower()}")


def flag(fields: Fields, name: str) -> bool | None:
    """Return yes or no, however it is written; None if it is neither."""
    found = fields.get(name)
    if isinstance(found, bool):
        return found
    said = written(fields, name).lower()
    return True if said in _YES else False if said in _NO else None


def number(fields: Fields, name: str) -> float | None:
    """Return a finite number that is not negative, or None."""
    try:
        found = float(written(fields, name))
    except ValueError:
        return None
    return found if 0 <= found < float("inf") else None


def dollars(fields: Fields, name: str) -> Decimal | None:
    """Return an amount such as `$1,025.00`, in dollars; None if it is none."""
    try:
        found = Decimal(written(fields, name).replace("$", "").replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**9 else None


def moment(text: str) -> datetime | None:
    """Return an aware moment (UTC) from ISO 8601, RFC 2822 or Unix seconds; None if it names no zone or is none at all."""
    for read in (datetime.fromisoformat, parsedate_to_datetime, _unix):
        try:
            found = read(text)
        except (ValueError, OverflowError, OSError, TypeError, IndexError):
            continue
        if found.tzinfo is None or found.year not in _YEARS:
            continue
        return found.astimezone(UTC)
    return None


def _unix(text: str) -> datetime:
    return datetime.fromtimestamp(float(text), UTC)


def contact(first: str, last: str, phone: str, email: str, *, masked: bool = False) -> Contact:
    """Return a contact with its addresses in one form each; an address that cannot be used is kept as it was written."""
    return Contact(
        first_name=first,
        last_name=last,
        phone_written=phone,
        phone=_usable(Channel.SMS, phone),
        phone_kind=PhoneKind.MASKED if masked else PhoneKind.UNKNOWN,
        email_written=email,
        email=_usable(Channel.EMAIL, email),
    )


def two_names(name: str) -> tuple[str, str]:
    """Return a full name as first name and the rest."""
    first, _, last = name.partition(" ")
    return first, last.strip()


def _usable(channel: Channel, address: str) -> str:
    try:
        return normalise(channel, address) if address else ""
    except InvalidAddress:
        return ""
