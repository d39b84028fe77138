"""The text of a digest, made of typed slots only: no number gets in that is not a figure with source, period and as-of."""

from collections.abc import Iterable, Mapping

from models.digests.caveats import Caveat, CaveatCode, Said
from models.digests.figures import SMALL, Figure, Period, Unit, change
from models.digests.restating import Restatement, identity
from models.digests.sources import IN_WORDS, SourceName
from models.frozen import Frozen

REVENUE = frozenset({"invoiced", "paid"})
"""Bases of figures beside which it must be said what revenue does not prove."""
_REMARKS = {
    SourceName.SEARCH_CONSOLE: "Google counts its days in Pacific time.",
    SourceName.QUICKBOOKS: (
        "This is all revenue in the books, whatever led to it. It does not prove that marketing caused a sale. "
        "Invoiced and paid are counted apart and are not added up."
    ),
}


class DigestFacts(Frozen):
    """All that a digest is made of."""

    client_name: str
    period: Period
    before: Period
    figures: tuple[Figure, ...]
    earlier: tuple[Figure, ...]
    """The same figures for the period before, as they are now."""
    caveats: tuple[Said, ...]
    restated: tuple[Restatement, ...] = ()
    """What an earlier digest showed and its source has changed since."""


class DigestText(Frozen):
    """A digest as a client reads it, and every figure in it."""

    title: str
    body: str
    shown: tuple[str, ...]
    """Each figure and each change, as it is shown: what the check of the wording accepts as sourced."""


def compose(facts: DigestFacts) -> DigestText:
    """Return the text. The same facts give the same text, so that it can be approved once and made again."""
    earlier = {identity(figure): figure for figure in facts.earlier}
    sections = [_section(source, facts.figures, earlier) for source in SourceName]
    caveats = _caveats(facts, earlier)
    parts = [
        f"Your figures from {facts.period.in_words}, beside those from {facts.before.in_words}.",
        *sections,
        caveats,
    ]
    return DigestText(
        title=f"{facts.client_name}: report from {facts.period.in_words}",
        body="\n\n".join(part for part in parts if part),
        shown=_shown(facts, earlier),
    )


def _section(source: SourceName, figures: Iterable[Figure], earlier: Mapping[tuple[str, str, str], Figure]) -> str:
    mine = [figure for figure in figures if source_of(figure) is source]
    if not mine:
        return ""
    read_at = max(figure.as_of for figure in mine)
    head = f"{IN_WORDS[source]} (as of {read_at:%b} {read_at.day}, {read_at.year})"
    lines = [_line(figure, earlier.get(identity(figure))) for figure in mine]
    return "\n".join([head, *lines, *([_REMARKS[source]] if source in _REMARKS else [])])


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


def _caveats(facts: DigestFacts, earlier: Mapping[tuple[str, str, str], Figure]) -> str:
    sentences = [said.sentence for said in said_in(facts, earlier)]
    return "\n".join(["Please note", *(f"- {sentence}" for sentence in sentences)]) if sentences else ""


def said_in(facts: DigestFacts, earlier: Mapping[tuple[str, str, str], Figure] | None = None) -> tuple[Said, ...]:
    """Return every caveat of a digest, each once."""
    before = {identity(figure): figure for figure in facts.earlier} if earlier is None else earlier
    said = [*facts.caveats, *(change.caveat.said for change in facts.restated)]
    if any(_is_small(figure, before.get(identity(figure))) for figure in facts.figures):
        said.append(Caveat(code=CaveatCode.SMALL_NUMBERS).said)
    return tuple(dict.fromkeys(said))


def _is_small(figure: Figure, before: Figure | None) -> bool:
    is_count = figure.unit is Unit.COUNT
    return is_count and before is not None and min(abs(figure.value), abs(before.value)) < SMALL


def _shown(facts: DigestFacts, earlier: Mapping[tuple[str, str, str], Figure]) -> tuple[str, ...]:
    found = [figure.shown for figure in (*facts.figures, *facts.earlier)]
    for figure in facts.figures:
        before = earlier.get(identity(figure))
        moved = percent(figure, before) if before is not None else None
        found += [moved] if moved else []
    found += [figure.shown for change in facts.restated for figure in (change.shown, change.now)]
    return tuple(dict.fromkeys(found))


def source_of(figure: Figure) -> SourceName:
    """Return which source a figure is of. Raises ValueError for one that is of none."""
    return SourceName(figure.source.partition("/")[0])
