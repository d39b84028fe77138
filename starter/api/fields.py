"""Field types that several requests share."""

import re
from datetime import date, timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from models.terms import ConsentKind

_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_LOOKS_PERSONAL = re.compile(r"@|(?:\d[\s().+-]*){9}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _impersonal(text: str) -> str:
    if _LOOKS_PERSONAL.search(_DATE.sub("", text)):
        raise ValueError("leave out phone numbers and email addresses; the reason is kept in the log")
    return text


def printable(text: str) -> str:
    """Return the text with plain line breaks. Raises ValueError for control characters."""
    text = text.replace("\r\n", "\n")  # so browsers send what is typed into several lines
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return text


def _written_out(given: object) -> object:
    if isinstance(given, int | float) or isinstance(given, str) and not re.search(r"\d-\d", given):
        raise ValueError("write it out as in ISO 8601, such as 2026-11-21; a number is not taken for a time")
    return given


def _in_days(span: timedelta) -> str:
    """Return a span as RFC 3339 (appendix A) has it, which knows neither fractions nor years beside days."""
    hours, seconds = divmod(span.seconds, 3600)
    return f"P{span.days}DT{hours}H{seconds // 60}M{seconds % 60}S"


class Strict(BaseModel):
    """The base of every request body: an unknown field is a mistake, not a hint."""

    model_config = ConfigDict(extra="forbid")


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""How people name a client or a sequence, such as `acme-plumbing`."""
Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""A moment with its offset. A number would silently be one in 1970."""
Day = Annotated[date, BeforeValidator(_written_out)]
Span = Annotated[
    timedelta,
    PlainSerializer(_in_days),
    WithJsonSchema({"type": "string", "format": "duration"}, mode="serialization"),
]
"""A span of time in an answer, to the second."""
Short = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True), AfterValidator(printable)]
Wording = Annotated[
    str, StringConstraints(min_length=1, max_length=12_000, strip_whitespace=True), AfterValidator(printable)
]
"""A text of several lines that a client is going to read."""
Handle = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
"""Of a member of staff."""
Outcome = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
"""How a run may end, such as `replied`; each kind of run has its own."""
SequenceKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/#-]{1,200}$")]
"""Where the proof lies, such as `form/2231`; not the proof itself."""
OptionalReference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/#-]{0,200}$")]
Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300, strip_whitespace=True),
    AfterValidator(printable),
    AfterValidator(_impersonal),
    Field(description="For the log: why. No names, phone numbers or addresses."),
]

KINDS = {kind.name.lower(): kind for kind in ConsentKind}
"""The rungs of consent by the names the API uses."""
