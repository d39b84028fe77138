"""What a digest is written from: typed slots only, so no number gets in that is not a figure with source, period and as-of."""

import re
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from models.digests.caveats import Caveat, CaveatCode, Said
from models.digests.figures import SMALL, Figure, Period, Unit, change
from models.digests.restating import Restatement, identity
from models.digests.sources import IN_WORDS, SourceName
from models.drafting import Material, Written
from models.frozen import Frozen
from models.portal.posts import MAX_BODY, MAX_TITLE, day_in_words
from models.wording.slots import Change, Fixed, Number, Slot, Span

Earlier = Mapping[tuple[str, str, str], Figure]
"""Figures of the period before, by what makes them the same figure."""
REVENUE = frozenset({"invoiced", "paid"})
"""Bases of figures beside which it must be said what revenue does not prove."""
_REMARKS = {
    SourceName.SEARCH_CONSOLE: "Google counts its days in Pacific time.",
    SourceName.QUICKBOOKS: (
        "This is all revenue in the books, whatever led to it. It does not prove that marketing caused a sale. "
        "Invoiced and paid are counted apart and are not added up."
    ),
}
_BRIEF = (
    "The opening of a regular report to the owner of a local service business. In two or three sentences say which periods "
    "are compared and what has changed most, without judging it and without saying why."
)
_TITLE = "{{ client }}: report from {{ period }}"
_OPENING = "Your figures from {{ period }}, beside those from {{ before }}."
_NO_WORD = re.compile(r"\W+")
_LONGEST_KEY = 40


class DigestFacts(Frozen):
    """All that a digest is made of."""

    client_name: str
    zone: str
    """IANA name of the client's, by whose days it says when sources were read."""
    period: Period
    before: Period
    figures: tuple[Figure, ...]
    earlier: tuple[Figure, ...]
    """The same figures for the period before, as they are now."""
    caveats: tuple[Said, ...]
    restated: tuple[Restatement, ...] = ()
    """What an earlier digest showed and its source has changed since."""


def compose(facts: DigestFacts) -> Material:
    """Return what a digest is written from. The same facts give the same, so that it can be approved once and made again.

    Title, figures and caveats stand as they are. Open to a drafter is the opening, for which every figure and every change
    that may be shown is a slot; the plain text says only which periods are compared.
    """
    earlier = {identity(figure): figure for figure in facts.earlier}
    fixed = {"client": Fixed(text=facts.client_name)} | _sections(facts, earlier)
    passages = [f"{{{{ {name} }}}}" for name in fixed if name != "client"]
    return Material(
        brief=_BRIEF,
        plain=Written(subject=_TITLE, body="\n\n".join([_OPENING, *passages])),
        slots=fixed
        | {"period": Span(period=facts.period), "before": Span(period=facts.before)}
        | _numbers(facts.figures, earlier),
        figures=facts.figures,
        longest_subject=MAX_TITLE,
        longest_body=MAX_BODY,
    )


def _sections(facts: DigestFacts, earlier: Earlier) -> dict[str, Slot]:
    sections: dict[str, Slot] = {}
    for source in SourceName:
        mine = [figure for figure in facts.figures if source_of(figure) is source]
        if mine:
            sections[source.value] = Fixed(
                text=_section(source, mine, earlier, facts.zone), figures=_shown(mine, earlier)
            )
    if caveats := _caveats(facts, earlier):
        restated = [figure.shown for change in facts.restated for figure in (change.shown, change.now)]
        sections["notes"] = Fixed(text=caveats, figures=tuple(dict.fromkeys(restated)))
    return sections


def _section(source: SourceName, mine: Sequence[Figure], earlier: Earlier, zone: str) -> str:
    read_at = max(figure.as_of for figure in mine).astimezone(ZoneInfo(zone))
    head = f"{IN_WORDS[source]} (as of {day_in_words(read_at)})"
    lines = [_line(figure, earlier.get(identity(figure))) for figure in mine]
    return "\n".join([head, *lines, *([_REMARKS[source]] if source in _REMARKS else [])])


def _numbers(figures: Sequence[Figure], earlier: Earlier) -> dict[str, Slot]:
    """Return a slot for each figure, the same of the period before, and the change where one may be shown."""
    slots: dict[str, Slot] = {}
    for number, figure in enumerate(figures):
        name = f"{_NO_WORD.sub('_', figure.key)[:_LONGEST_KEY]}_{number}"
        slots[name] = Number(figure=figure)
        if before := earlier.get(identity(figure)):
            slots[f"{name}_before"] = Number(figure=before)
            if percent(figure, before):
                slots[f"{name}_change"] = Change(now=figure, before=before)
    return slots


def _line(figure: Figure, before: Figure | None) -> str:
    line = f"- {figure.label}: {figure.shown}"
    if before is None:
        return line
    moved = percent(figure, before)
    return f"{line} (before: {before.shown}{f', {moved}' if moved else ''})"


def percent(now: Figure, before: Figure) -> str | None:
    """Return the change in percent, None unless both figures are large enough to bear one."""
    if now.unit in (Unit.PERCENT, Unit.POSITION) or abs(now.value) < SMALL:
        return None
    return change(now, before)


def _caveats(facts: DigestFacts, earlier: Earlier) -> str:
    sentences = [said.sentence for said in said_in(facts, earlier)]
    return "\n".join(["Please note", *(f"- {sentence}" for sentence in sentences)]) if sentences else ""


def said_in(facts: DigestFacts, earlier: Earlier | None = None) -> tuple[Said, ...]:
    """Return every caveat of a digest, each once."""
    before = {identity(figure): figure for figure in facts.earlier} if earlier is None else earlier
    said = [*facts.caveats, *(change.caveat.said for change in facts.restated)]
    if any(_is_small(figure, before.get(identity(figure))) for figure in facts.figures):
        said.append(Caveat(code=CaveatCode.SMALL_NUMBERS).said)
    if _months_differ(facts, before):
        days = {"now": facts.period.days, "before": facts.before.days}
        said.append(Caveat(code=CaveatCode.MONTHS_DIFFER, particulars=days).said)
    return tuple(dict.fromkeys(said))


def _months_differ(facts: DigestFacts, earlier: Earlier) -> bool:
    """Return whether a change is shown between months that are not equally long."""
    pairs = ((figure, earlier.get(identity(figure))) for figure in facts.figures)
    changes = any(before is not None and percent(figure, before) for figure, before in pairs)
    return changes and facts.period.days != facts.before.days


def _is_small(figure: Figure, before: Figure | None) -> bool:
    is_count = figure.unit is Unit.COUNT
    return is_count and before is not None and min(abs(figure.value), abs(before.value)) < SMALL


def _shown(figures: Iterable[Figure], earlier: Earlier) -> tuple[str, ...]:
    """Return each figure and each change as it is shown: what the check of the wording accepts as sourced."""
    found: list[str] = []
    for figure in figures:
        before = earlier.get(identity(figure))
        moved = percent(figure, before) if before is not None else None
        found += [figure.shown, *([before.shown] if before else []), *([moved] if moved else [])]
    return tuple(dict.fromkeys(found))


def source_of(figure: Figure) -> SourceName:
    """Return which source a figure is of. Raises ValueError for one that is of none."""
    return SourceName(figure.source.partition("/")[0])
