"""One client must never read of another: its name, its numbers, its domain."""

from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

from models.wording.findings import FindingKind, Severity
from models.wording.links import hosts_of
from models.wording.names import any_of
from models.wording.reading import Reading
from models.wording.spotting import Spot
from models.wording.surroundings import Party, Surroundings

_ADVICE = "This belongs to another client. Remove it, and find out how it got here."


def other_clients(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield whatever names another client. A name that the client's own name contains does not count."""
    others, own = surroundings.others, surroundings.own
    if not others:
        return
    names = any_of(tuple(name for other in others for name in other.names if not _is_within(name, own)))
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
