"""One client must never read of another: its name, its numbers, its domain.

A name of one word counts only as it is spelled or in capitals, because it may be a word of the language: a client called
"Comfort" must not keep others from writing "for your comfort". Legal forms are left out: nobody writes them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

from models.wording.findings import FindingKind, Severity
from models.wording.links import hosts_of
from models.wording.reading import Reading
from models.wording.spotting import Spot
from models.wording.surroundings import Party, Surroundings

_LEGAL_FORM = re.compile(r",? (?:llc|l\.l\.c\.|inc|corp|co|ltd|lp|llp|pllc|pc)\.?$", re.IGNORECASE)
_SPACE = r"\s+"
_ADVICE = "This belongs to another client. Remove it, and find out how it got here."


def other_clients(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield whatever names another client. A name that the client's own name contains does not count."""
    others, own = surroundings.others, surroundings.own
    if not others:
        return
    names = _any_name(tuple(name for other in others for name in other.names if not _is_within(name, own)))
    yield from (_spot(*match.span()) for match in names.finditer(reading.text))
    phones = {phone for other in others for phone in other.phones} - set(own.phones)
    for match in PhoneNumberMatcher(reading.text, "US", leniency=Leniency.POSSIBLE) if phones else ():
        if format_number(match.number, PhoneNumberFormat.E164) in phones:
            yield _spot(match.start, match.end)
    domains = {domain for other in others for domain in other.domains} - set(own.domains)
    for start, end, host in hosts_of(reading.text):
        if any(host == domain or host.endswith(f".{domain}") for domain in domains):
            yield _spot(start, end)


def _spot(start: int, end: int) -> Spot:
    return Spot(FindingKind.OTHER_CLIENT, Severity.BLOCK, start, end, _ADVICE)


def _is_within(name: str, own: Party) -> bool:
    return any(name.casefold() in mine.casefold() for mine in own.names)


@lru_cache(maxsize=64)
def _any_name(names: tuple[str, ...]) -> re.Pattern[str]:
    called = {_LEGAL_FORM.sub("", " ".join(name.split())) for name in names}
    known = sorted((name for name in called if len(name) > 3), key=len, reverse=True)
    if not known:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_spelled, known))})(?!\w)")


def _spelled(name: str) -> str:
    words = [re.escape(word) for word in name.split()]
    if len(words) > 1:
        return f"(?i:{_SPACE.join(words)})"
    return f"(?:{words[0]}|{re.escape(name.upper())})"
