"""The files that ship: the sending rules, and where area codes were issued."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.sending_rules import SendingRule

_SHIPPED = Path(__file__).parent / "shipped"
SHIPPED_BY = "shipped"


@cache
def shipped_rules() -> tuple[SendingRule, ...]:
    """Return the sending rules that ship, numbered from 1; a stored one has another number, see its key.

    Raises:
        ValueError: a rule of the file makes no sense.
    """
    written: list[dict[str, Any]] = yaml.safe_load((_SHIPPED / "sending_rules.yaml").read_text())["rules"]
    ids = {one["key"]: number for number, one in enumerate(written, 1)}
    return tuple(
        SendingRule.model_validate(
            one | {"id": ids[one["key"]], "supersedes": ids.get(one.get("supersedes")), "entered_by": SHIPPED_BY}
        )
        for one in written
    )


@cache
def places_of_area_codes() -> dict[str, tuple[str, ...]]:
    """Return where each area code of the US and Canada was issued (ISO 3166-2)."""
    issued: dict[str, str] = yaml.safe_load((_SHIPPED / "area_codes.yaml").read_text())
    found: dict[str, list[str]] = {}
    for place, codes in issued.items():
        for code in codes.split():
            found.setdefault(code, []).append(place)
    return {code: tuple(places) for code, places in found.items()}
