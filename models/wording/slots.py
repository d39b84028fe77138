"""Numbers get into a text for a client through slots only, each with its source, period and moment; so do dates and names."""

import re
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from models.digests.figures import Figure, Period, change
from models.errors import UnusableTemplate
from models.frozen import Frozen
from models.wording.claims import FIGURE

MAX_WORDS = 400
MAX_NAME = 120
MAX_FIXED = 12_000
_PLACE = re.compile(r"\{\{\s*(\w{1,60})\s*\}\}")
_NUMBER = re.compile(r"\d")
_CURLY = re.compile(r"[{}]")


class Number(Frozen):
    """A figure with its proof."""

    kind: Literal["number"] = "number"
    figure: Figure


class Change(Frozen):
    """By how much a figure has changed, in percent. Unusable where a share would mislead."""

    kind: Literal["change"] = "change"
    now: Figure
    before: Figure


class Day(Frozen):
    """A date."""

    kind: Literal["day"] = "day"
    day: date


class Span(Frozen):
    """Whole days from one date to another."""

    kind: Literal["span"] = "span"
    period: Period


class At(Frozen):
    """A moment, shown in a zone (IANA name)."""

    kind: Literal["at"] = "at"
    moment: AwareDatetime
    zone: str


class Words(Frozen):
    """Words without any number."""

    kind: Literal["words"] = "words"
    text: str = Field(max_length=MAX_WORDS)


class Name(Frozen):
    """What somebody or something is called; it may hold digits, not a figure."""

    kind: Literal["name"] = "name"
    text: str = Field(max_length=MAX_NAME)


class Fixed(Frozen):
    """A passage that stands as it is, with the figures in it as they are shown. Whoever words the rest must keep it, once."""

    kind: Literal["fixed"] = "fixed"
    text: str = Field(min_length=1, max_length=MAX_FIXED)
    figures: tuple[str, ...] = ()


Slot = Annotated[Number | Change | Day | Span | At | Words | Name | Fixed, Field(discriminator="kind")]


class Filled(Frozen):
    """A text whose slots are filled, and its figures as they are shown: what `Audience.figures` needs."""

    subject: str
    body: str
    figures: tuple[str, ...]


def fill(subject: str, body: str, slots: dict[str, Slot]) -> Filled:
    """Return a text with its slots filled.

    Args:
        subject: with slots as `{{ name }}`; empty if there is none.
        body: the same.
        slots: by name.

    Raises:
        UnusableTemplate: it names a slot that is not there, holds a number of its own, does not keep a fixed passage once,
            or a slot cannot be shown. Says which one, never its text.
    """
    named = [name for part in (subject, body) for name in _names_in(part, slots)]
    _keep_fixed(named, slots)
    texts = {name: shown(name, slots[name]) for name in named}
    figures = [figure for name in sorted(texts) for figure in _figures_of(slots[name], texts[name])]
    return Filled(
        subject=" ".join(_put_in(subject, texts).split()),
        body=_put_in(body, texts).strip(),
        figures=tuple(dict.fromkeys(figures)),
    )


def shown(name: str, slot: Slot) -> str:
    """Return a slot as a client reads it. Raises UnusableTemplate."""
    match slot:
        case Number():
            return slot.figure.shown
        case Change():
            share = change(slot.now, slot.before)
            if share is None:
                raise UnusableTemplate(f"slot {name}: a change in percent would mislead here; leave it out")
            return share
        case Day():
            return f"{slot.day:%b} {slot.day.day}, {slot.day.year}"
        case Span():
            return slot.period.in_words
        case At():
            return _moment(slot.moment, slot.zone)
        case Words() | Name():
            return _plain(name, slot)
        case Fixed():
            return slot.text


def without_slots(part: str) -> str:
    """Return what of a text stands outside its slots."""
    return _PLACE.sub("", part)


def _keep_fixed(named: list[str], slots: dict[str, Slot]) -> None:
    for name, slot in slots.items():
        if isinstance(slot, Fixed) and named.count(name) != 1:
            raise UnusableTemplate(f"slot {name} stands as it is; write it exactly once")


def _figures_of(slot: Slot, text: str) -> tuple[str, ...]:
    if isinstance(slot, Fixed):
        return slot.figures
    return (text,) if isinstance(slot, Number | Change) else ()


def _names_in(part: str, slots: dict[str, Slot]) -> list[str]:
    names = _PLACE.findall(part)
    if unknown := sorted(set(names) - slots.keys()):
        raise UnusableTemplate(f"there is no slot {', '.join(unknown)}")
    rest = without_slots(part)
    if _CURLY.search(rest):
        raise UnusableTemplate("curly brackets are for slots, written {{ name }}")
    if _NUMBER.search(rest):
        raise UnusableTemplate("a number stands in the text itself; put it in a slot with source, period and moment")
    return names


def _put_in(part: str, texts: dict[str, str]) -> str:
    return _PLACE.sub(lambda place: texts[place.group(1)], part)


def _moment(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    hour = local.hour % 12 or 12
    return f"{local:%b} {local.day}, {local.year}, {hour}:{local:%M %p %Z}"


def _plain(name: str, slot: Words | Name) -> str:
    text = " ".join(slot.text.split())
    if not text:
        raise UnusableTemplate(f"slot {name} is empty")
    if _CURLY.search(text):
        raise UnusableTemplate(f"slot {name} holds curly brackets")
    if FIGURE.search(text) or isinstance(slot, Words) and _NUMBER.search(text):
        raise UnusableTemplate(f"slot {name} holds a number; give it as a figure with source, period and moment")
    return text
