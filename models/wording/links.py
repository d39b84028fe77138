"""Where links lead: encrypted, to the client's or the agency's own hosts, never through a shortener that carriers filter."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from models.wording.findings import FindingKind, Severity
from models.wording.reading import Reading
from models.wording.spotting import Spot
from models.wording.surroundings import Surroundings

_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,10}://[^\s<>\"']{1,2000}"
    r"|(?<![@\w.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}(?:com|net|org|io|co|us|biz|info|ly|gl|me|app|link|gd|page)"
    r"(?:/[^\s<>\"']{0,2000})?(?![\w@-])",
    re.IGNORECASE,
)
_SHORTENERS = frozenset(
    {"bit.ly", "tinyurl.com", "goo.gl", "t.co", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly", "t.ly", "rb.gy"}
    | {"tiny.cc", "shorturl.at", "bl.ink", "lnkd.in", "s.id", "soo.gd", "clck.ru", "v.gd", "qr.ae"}
)
"""Public ones share a reputation with everybody who uses them: https://www.twilio.com/docs/api/errors/30007."""


def links(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield links to hosts that are not the client's, through public shorteners, or without encryption."""
    own = surroundings.own.domains
    for start, end, host in hosts_of(reading.text):
        written = reading.text[start:end].lower()
        if host in _SHORTENERS:
            advice = "Use the client's own domain: carriers filter public shorteners."
            yield Spot(FindingKind.LINK_SHORTENER, Severity.BLOCK, start, end, advice)
        elif not any(host == domain or host.endswith(f".{domain}") for domain in own):
            advice = "Link to the client's own site only, or add the domain to the client."
            yield Spot(FindingKind.FOREIGN_LINK, Severity.NEEDS_APPROVAL, start, end, advice)
        if "://" in written and not written.startswith("https://"):
            yield Spot(FindingKind.UNENCRYPTED_LINK, Severity.BLOCK, start, end, "Use https.")


def hosts_of(text: str) -> list[tuple[int, int, str]]:
    """Return every link of a text with its span and its host, lower case without `www.`."""
    found = []
    for match in _LINK.finditer(text):
        written = match.group().rstrip(".,;:!?)")
        host = _host(written if "://" in written else f"https://{written}")
        if host is not None:
            found.append((match.start(), match.start() + len(written), host.removeprefix("www.")))
    return found


def _host(link: str) -> str | None:
    try:
        return urlsplit(link).hostname
    except ValueError:
        return "not a host"
