"""Where a text shows what is the client's or the agency's own, in which some classes of findings mean nothing.

A business may be called "Top Rated Roofing", and a link to the portal carries a capability that looks like an id.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from models.wording.findings import FindingKind
from models.wording.names import any_of
from models.wording.reading import Reading
from models.wording.spotting import Spot
from models.wording.surroundings import Party

_MEANS_NOTHING_IN_A_NAME = frozenset({FindingKind.CLAIM, FindingKind.FIGURE_WITHOUT_SOURCE, FindingKind.FOREIGN_LINK})
_MEANS_NOTHING_IN_A_LINK = frozenset(
    {FindingKind.INTERNAL_PLACE, FindingKind.INTERNAL_ID, FindingKind.RAW_PAYLOAD}
    | {FindingKind.FOREIGN_LINK, FindingKind.UNENCRYPTED_LINK}
)
_REST_OF_LINK = r"(?:[/?#]\S{0,500}?)?(?=[.,;:!?)]{0,3}(?:\s|$))"
"""Nothing may follow that makes it another host: `https://own.example.evil.net`, `https://own.example@evil.net`."""


def without_own(reading: Reading, spots: Iterator[Spot], own: Party) -> Iterator[Spot]:
    """Yield the spots that do not lie within a name or a link of the client's own."""
    names = [match.span() for match in any_of(own.names).finditer(reading.text)]
    links = [match.span() for match in _link_of(own.urls).finditer(reading.text)]
    for spot in spots:
        in_name = spot.kind in _MEANS_NOTHING_IN_A_NAME and _is_within(spot, names)
        in_link = spot.kind in _MEANS_NOTHING_IN_A_LINK and _is_within(spot, links)
        if not (in_name or in_link):
            yield spot


def _is_within(spot: Spot, spans: list[tuple[int, int]]) -> bool:
    return any(start <= spot.start and spot.end <= end for start, end in spans)


@lru_cache(maxsize=256)
def _link_of(urls: tuple[str, ...]) -> re.Pattern[str]:
    if not urls:
        return re.compile(r"(?!)")
    beginnings = "|".join(re.escape(url.rstrip("/")) for url in urls)
    return re.compile(f"(?:{beginnings}){_REST_OF_LINK}", re.IGNORECASE)
