"""What a client may be shown: one post of a closed set of kinds, its exact wording, its figures with their sources."""

import hashlib
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from models.digests.figures import Figure
from models.frozen import Frozen
from models.identity import content_hash as wording_hash
from models.wording.audiences import Audience
from models.wording.surroundings import Purpose

_SOURCES = {
    "own": "Our own records",
    "search_console": "Google Search Console",
    "business_profile": "Google Business Profile",
    "quickbooks": "QuickBooks",
    "call_tracking": "Call tracking",
    "callrail": "Call tracking",
    "leads": "Lead records",
    "messages": "Message records",
}
"""Sources as a client knows them."""


class PostKind(StrEnum):
    """Every kind of post. Stored, so the values never change meaning; the database refuses any other."""

    REPORT = "report"
    INCIDENT = "incident"
    INCIDENT_SUMMARY = "incident_summary"
    NOTICE = "notice"


IN_WORDS = {
    PostKind.REPORT: "Report",
    PostKind.INCIDENT: "Service notice",
    PostKind.INCIDENT_SUMMARY: "Summary of an incident",
    PostKind.NOTICE: "Update",
}
"""The kinds as a client reads them."""
_PURPOSES = {
    PostKind.REPORT: Purpose.REPORT,
    PostKind.INCIDENT: Purpose.INCIDENT,
    PostKind.INCIDENT_SUMMARY: Purpose.INCIDENT,
    PostKind.NOTICE: Purpose.REPORT,
}
_MOST_FIGURES = 60
MAX_TITLE = 120
MAX_BODY = 12_000


class InternalNote(Frozen):
    """Something that belongs to a post and is for colleagues only: a note, a draft, the rows a figure was made of."""

    label: str
    text: str


class PostText(Frozen):
    """One version of a post, exactly as a client will read it."""

    # What a person wrote must not end up in the text of an error.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: PostKind
    thread: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    """What it belongs to, such as `report/2026-10` or `incident/<id>`; never shown."""
    title: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE, strip_whitespace=True)]
    body: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY, strip_whitespace=True)]
    """Plain text; an empty line begins a new paragraph."""
    as_of: Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
    """The moment that it describes."""
    figures: Annotated[tuple[Figure, ...], Field(max_length=_MOST_FIGURES)] = ()

    @property
    def audience(self) -> Audience:
        """Who reads it, for the checks of wording."""
        return Audience(purpose=_PURPOSES[self.kind], figures=tuple(figure.shown for figure in self.figures))

    @property
    def content_hash(self) -> str:
        """The sha256 (hex) of everything that is shown. Any edit changes it, and so voids what was approved."""
        shown = {"kind": self.kind, "thread": self.thread, "title": self.title, "body": self.body}
        moments = {"as_of": self.as_of.isoformat(), "figures": shown_figures(self.figures)}
        return hashlib.sha256(json.dumps(shown | moments, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def whole(self) -> str:
        """Everything below the title as one text: what is checked, and what is shown to those who review it."""
        lines = (
            f"{one['label']}: {one['shown']} ({one['source']}, {one['period']})" for one in shown_figures(self.figures)
        )
        return "\n\n".join((self.body, *lines, f"As of {self.as_of:%d %b %Y, %H:%M} UTC"))

    @property
    def items(self) -> list[str]:
        """The hashes that an approval of it covers: the post, and its wording as it is checked."""
        return [self.content_hash, wording_hash(self.title, self.whole)]


def shown_figures(figures: tuple[Figure, ...]) -> list[dict[str, Any]]:
    """Return figures as a client reads them: value, source, period and moment in words, no internal key or id."""
    return [
        {
            "label": one.label,
            "shown": one.shown,
            "source": source_in_words(one.source),
            "period": one.period.in_words,
            "as_of": one.as_of.astimezone(UTC).isoformat(),
            "basis": one.basis,
        }
        for one in figures
    ]


def source_in_words(source: str) -> str:
    """Return the name of a source without the id that may follow it: `quickbooks/invoices` is QuickBooks."""
    system = source.partition("/")[0]
    return _SOURCES.get(system, system.replace("_", " ").capitalize())


def day_in_words(moment: datetime) -> str:
    """Return a day as it is shown, in the zone of the moment."""
    return f"{moment:%b} {moment.day}, {moment.year}"
