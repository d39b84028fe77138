"""How codes, moments and scopes are said inside a sentence."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from models.terms import ConsentKind, PauseScope

Row = Mapping[str, Any]


def at(moment: datetime | None) -> str:
    """Return a moment in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "an unknown time"


def words(code: str) -> str:
    """Return a code as words."""
    return code.replace("_", " ")


def rung(kind: int | None) -> str | None:
    """Return the name of a rung of the consent ladder; None below the first."""
    return ConsentKind(kind).name.lower() if kind else None


def sentence(text: str) -> str:
    """Return a text that begins with a capital and ends with a full stop."""
    ended = text if text.endswith((".", "?", "!")) else f"{text}."
    return f"{ended[:1].upper()}{ended[1:]}"


def listed(parts: list[str]) -> str:
    """Return parts joined as one says them: a, b and c."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def scope(name: str) -> str:
    """Return what a pause scope covers, such as `channel:<client>:sms`; a kind that is new here is named as it is."""
    kind, _, rest = name.partition(":")
    match kind:
        case PauseScope.EVERYTHING:
            return "everything"
        case PauseScope.CLIENT:
            return "this client"
        case PauseScope.CHANNEL:
            return f"{rest.rpartition(':')[2]} of this client"
        case PauseScope.RUN:
            return "this run"
        case PauseScope.KIND:
            return f"every {words(rest)} run"
        case _:
            return f"the {words(kind)} {rest}".rstrip()


def people_of_opt_out(event: Row) -> str:
    """Return who withdrew permission and how, as the beginning of a sentence."""
    if event["source"] == "reply":
        return f"the person opted out by a reply at {at(event['at'])}"
    return f"an opt-out was recorded at {at(event['at'])} (source: {words(event['source'])}, by {event['actor']})"
