"""What people type into forms: moments in their own zone, and which field of a request a mistake belongs to."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from starter.problems import Problem, field_problem

Made = TypeVar("Made")


def moment_typed(written: str, zone: str, field: str) -> datetime | None:
    """Return what a `datetime-local` field says in a zone; None if it is empty. Raises Problem (422)."""
    if not written.strip():
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise field_problem(field, "give day and time, such as 2026-11-30 17:00") from None


def number_typed(written: str, field: str) -> float | None:
    """Return a number; None if the field is empty. Raises Problem (422)."""
    if not written.strip():
        return None
    try:
        return float(written.replace(",", "."))
    except ValueError:
        raise field_problem(field, "give a number") from None


def made(make: Callable[[], Made]) -> tuple[Made | None, dict[str, str]]:
    """Return a request as it was typed, or by field what is wrong with it."""
    try:
        return make(), {}
    except ValidationError as mistaken:
        return None, {_field(error["loc"]): _said(error["msg"]) for error in mistaken.errors()}
    except Problem as problem:
        named = {error["field"]: error["message"] for error in problem.facts.get("errors", ())}
        return None, named or {"": problem.detail}


def _field(place: tuple[int | str, ...]) -> str:
    return str(place[0]) if place else ""


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def made_or_refused(make: Callable[[], Made]) -> Made:
    """Return a request as it was typed. Raises Problem (422): for a form that is not shown again with its mistakes."""
    body, errors = made(make)
    if body is None:
        field, message = next(iter(errors.items()))
        raise field_problem(field, message)
    return body
