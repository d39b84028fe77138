"""What people write for a simulation: events in a line or a file, a lead in a file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from models.simulating.order import ChosenEvent, Occurrence, SimulationOrder
from models.simulating.spans import span
from starter.simulating.process import CannotSimulate

_SAID_BY = {Occurrence.REPLY: "says", Occurrence.DELIVERY_FAILURE: "says", Occurrence.PAUSE: "lasts"}
_DECISIONS = (Occurrence.APPROVE, Occurrence.REJECT)
LEAD_FIELDS = ("client", "client_zone")
"""Fields of a lead's file that are the order's."""


def event(kind: Occurrence, written: str) -> ChosenEvent:
    """Return an event from `+2d 3h: words`; the words are a reply, why a delivery fails, or how long a pause lasts.

    Raises:
        CannotSimulate: it is not written like that; says how.
    """
    when, said = _split(written)
    given: dict[str, Any] = {"kind": kind, **when}
    if said and kind in _SAID_BY:
        given[_SAID_BY[kind]] = said
    return _checked(given, written)


def decision(written: str) -> ChosenEvent:
    """Return a decision from `+3h: approve`. Raises CannotSimulate."""
    when, said = _split(written)
    if said not in _DECISIONS:
        raise CannotSimulate(f"{written!r}: a decision is written like '+3h: approve' or '+3h: reject'")
    return _checked({"kind": said, **when}, written)


def events_in(path: Path) -> list[ChosenEvent]:
    """Return the events of a YAML or JSON file: a list such as `- {after: 2d 3h, reply: Yes please}`.

    Beside `after` or `at` each has one of `reply`, `delivery_failure`, `pause` (how long), `decision`, `opt_out`, `stop`.

    Raises:
        CannotSimulate: the file cannot be read, or an entry is not understood; says which.
    """
    entries = _read(path)
    if not isinstance(entries, list):
        raise CannotSimulate(f"{path.name} must hold a list of events")
    return [_entry(path, number, entry) for number, entry in enumerate(entries, start=1)]


def lead_in(path: Path) -> dict[str, Any]:
    """Return what a YAML or JSON file says of a lead, as fields of an order. Raises CannotSimulate."""
    fields = _read(path)
    if not isinstance(fields, dict):
        raise CannotSimulate(f"{path.name} must hold the fields of one lead, such as `postal_code: '10001'`")
    of_order = {name: fields.pop(name) for name in LEAD_FIELDS if name in fields}
    return {**of_order, "lead": fields}


def moment(written: str) -> datetime:
    """Return a moment from ISO 8601, or from `+2h`, counted from now. Without an offset it stays naive.

    Raises:
        CannotSimulate: it is neither.
    """
    if written == "now":
        return datetime.now(UTC)
    try:
        return datetime.now(UTC) + span(written) if written.startswith("+") else datetime.fromisoformat(written)
    except ValueError:
        said = f"{written!r} is no moment; write it like 2027-03-05T16:40, 2027-03-05T16:40-07:00 or +2h"
        raise CannotSimulate(said) from None


def order(given: dict[str, Any]) -> SimulationOrder:
    """Return the order. Raises CannotSimulate with what is wrong with it."""
    try:
        return SimulationOrder.model_validate(given)
    except ValidationError as invalid:
        raise CannotSimulate(_first(invalid)) from None


def _split(written: str) -> tuple[dict[str, Any], str]:
    """Divide at the first colon that is followed by a space; a moment has colons of its own."""
    when, _, said = (part.strip() for part in written.partition(": "))
    if _is_span(when):
        return {"after": when}, said
    try:
        return {"at": datetime.fromisoformat(when)}, said
    except ValueError:
        how = "say when, like '+2d 3h: …' after the start, or '2027-03-14T10:00-06:00: …'"
        raise CannotSimulate(f"{written!r}: {how}") from None


def _is_span(written: str) -> bool:
    try:
        span(written)
    except ValueError:
        return False
    return True


def _entry(path: Path, number: int, entry: Any) -> ChosenEvent:
    where = f"{path.name}, event {number}"
    if not isinstance(entry, dict):
        raise CannotSimulate(f"{where}: write it like {{after: 2d 3h, reply: Yes please}}")
    given: dict[str, Any] = {name: entry[name] for name in ("after", "at") if name in entry}
    kinds = [name for name in entry if name not in given]
    if len(kinds) != 1:
        raise CannotSimulate(f"{where}: say one thing that happens, beside `after` or `at`")
    kind, said = kinds[0], entry[kinds[0]]
    if kind == "decision":
        return _checked({"kind": said, **given}, where)
    if kind in _SAID_BY and not (kind == Occurrence.PAUSE and said in (True, None)):
        given[_SAID_BY[Occurrence(kind)]] = said
    return _checked({"kind": kind, **given}, where)


def _checked(given: dict[str, Any], where: str) -> ChosenEvent:
    try:
        return ChosenEvent.model_validate(given)
    except ValidationError as invalid:
        raise CannotSimulate(f"{where}: {_first(invalid)}") from None


def _first(invalid: ValidationError) -> str:
    found = invalid.errors()[0]
    field = ".".join(str(part) for part in found["loc"])
    said = found["msg"].removeprefix("Value error, ")
    return f"{field}: {said}" if field else said


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CannotSimulate(f"{path.name} cannot be read: {type(error).__name__}") from None
