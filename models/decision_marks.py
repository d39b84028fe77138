"""The mark on a decision: a keyed hash over what was decided, so that nobody who only writes to the database can approve."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

_PURPOSE = b"comms/decision/1"


class Decided(NamedTuple):
    """A decision as its mark covers it. The id is covered too, so that no row counts twice under another one."""

    id: int
    approval_id: str
    content_hash: str
    audience_hash: str
    decision: str
    approver: str
    channel: str
    principal: str
    at_us: int
    """Microseconds since 1970 UTC."""


def mark_of(key: bytes, decided: Decided) -> str:
    """Return the mark of a decision (HMAC-SHA256, hex) under a key that is used for nothing else."""
    own = hmac.new(key, _PURPOSE, hashlib.sha256).digest()
    return hmac.new(own, json.dumps(list(decided), ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


def altered(key: bytes, rows: Iterable[list[Any]]) -> list[Decided]:
    """Return the decisions whose mark is not theirs. Each row is a decision's fields, in order, and its mark last."""
    found = []
    for *fields, mark in rows:
        decided = Decided(*fields)
        if not hmac.compare_digest(mark_of(key, decided), str(mark)):
            found.append(decided)
    return found
