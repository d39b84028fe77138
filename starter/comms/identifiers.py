"""Ids as people copy them, from a table or from the Temporal UI."""

import re
from uuid import UUID

from models.addresses import masked
from models.identity import SHORTEST_PREFIX, run_id_of
from starter.comms.problems import Problem

_DIGITS = re.compile(rf"[0-9a-f]{{{SHORTEST_PREFIX},32}}")
_MAY_BE_A_NUMBER = re.compile(r"\s*\+?(?:[\s().-]*\d){9,15}\s*")


def run_id(written: str) -> UUID:
    """Return the run's id from itself or from its workflow id, such as `outreach/6e0c…`."""
    try:
        return run_id_of(written) if "/" in written else UUID(written)
    except ValueError:
        raise Problem(f"{written!r} is not the id of a run") from None


def uuid(written: str, what: str) -> UUID:
    """Return an id."""
    try:
        return UUID(written)
    except ValueError:
        raise Problem(f"{written!r} is not the id of {what}") from None


def beginning_of_id(written: str) -> str | None:
    """Return the hexadecimal digits of an id or of its beginning, also out of a workflow id; None if it is neither."""
    _, _, after = written.strip().rpartition("/")
    digits = after.replace("-", "").lower()
    return digits if _DIGITS.fullmatch(digits) else None


def withheld(written: str) -> str:
    """Return what somebody wrote, for an error; masked if it may be a phone number or an email address."""
    if "@" in written or _MAY_BE_A_NUMBER.fullmatch(written):
        return f"{masked(written)} (for an address: --address … --client …)"
    return repr(written)
