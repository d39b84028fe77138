"""What only machines and colleagues should read: payloads, ids, places, errors, and what a template has left behind."""

import ipaddress
import json
import re
from collections.abc import Iterator

from models.wording.findings import FindingKind, Severity
from models.wording.reading import Reading
from models.wording.spotting import Spot, each
from models.wording.surroundings import Surroundings

_BRACES = re.compile(r"[{\[][^{}\[\]]{1,2000}[}\]]")
_DUMP = re.compile(r"(?:\b[a-z]\w{1,40}=[^\s=&]{1,80}[&;, ]{1,2}){2,}[a-z]\w{1,40}=", re.IGNORECASE)
_OPENED = re.compile(r"""\{\s*["']\w{1,40}["']\s*:|\[\s*\{\s*["']""")
_BASE64 = re.compile(r"(?<![\w+/])(?=[\w+/]{0,80}\d)(?=[\w+/]{0,80}[A-Z])[A-Za-z0-9+/]{41,}={0,2}(?![\w+/])")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--|&(?:lt|gt|amp|quot|nbsp);")
_ID = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{24,}\b|\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b"
    r"|\b(?:workflow|run|task[ _-]?queue|namespace)[ _-]?id\b|\b(?:run|outreach|rollback)/[0-9a-f]{6,}",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\blocalhost\b|(?<![\w.-])(?:[\w-]{1,63}\.){1,8}(?:internal|local|localdomain|corp|lan|intranet|int|svc)\b"
    r"|\bs3://\S+|\barn:aws[\w-]*:\S+|(?<![\w/])/(?:var|home|etc|opt|usr|tmp|root|srv)/\S+|\b[A-Z]:\\\\?\w+"
    r"|\bCOMMS_[A-Z_]+\b|\b[A-Z][A-Z0-9]{2,}_[A-Z0-9_]{3,}=",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_ERROR = re.compile(
    r"Traceback \(most recent call last\)|File \"[^\"]{1,200}\", line \d+|\bat [\w.$]{1,200}\([\w.]{1,100}:\d+\)"
    r"|\b[A-Za-z.]{0,80}[a-z](?:Error|Exception)\b|\bHTTP/\d(?:\.\d)? \d{3}\b|\bstatus[_ ]code\b|\bNoneType\b|<class '"
    r"|\bSELECT\b[^.;]{1,200}\bFROM\b|\b(?:INSERT INTO|DELETE FROM)\s\w|\b(?:ECONN\w+|ETIMEDOUT|SIGKILL|errno)\b"
    r"|\berror(?: code)?:? \d{4,5}\b|\b[45]\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Not Found)\b"
)
_LEFTOVER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|(?<!\w)%(?:s|d|\(\w+\)s)|\$\{\w|(?<![\w{])\{[a-zA-Z_][\w.]{0,40}\}|\[object \w+\]"
    r"|\bNone\b(?! (?:of|were|was|are|is)\b)|\b(?:null|undefined|NaN|lorem ipsum|TODO|FIXME|TBD|XXX|1970-01-01)\b"
    r"|\b(?:FIRST|LAST|CLIENT|YOUR)[_ ]NAME\b"
    r"|<(?:first|last|client|your)[ _-]?name>|\bHi ,|\bDear ,"
)


def internals(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield raw payloads, internal ids and places, error output and template left-overs."""
    text = reading.text
    yield from _payloads(text)
    kind, block = FindingKind, Severity.BLOCK
    yield from each(_MARKUP, text, kind.MARKUP, block, "Write it as plain text.")
    yield from each(_ID, text, kind.INTERNAL_ID, block, "Remove the internal id; a reader cannot use it.")
    yield from each(_PLACE, text, kind.INTERNAL_PLACE, block, "Remove the internal address, path or name.")
    yield from _private_addresses(text)
    yield from each(_ERROR, text, kind.ERROR_OUTPUT, block, "Say in plain words what it means for the reader.")
    yield from each(_LEFTOVER, text, kind.TEMPLATE_LEFTOVER, block, "A field was not filled in. Fill it or reword.")


def _payloads(text: str) -> Iterator[Spot]:
    for match in _BRACES.finditer(text):
        if _is_json(match.group()):
            yield _payload(match)
    for pattern in (_OPENED, _DUMP, _BASE64):
        yield from (_payload(match) for match in pattern.finditer(text))


def _payload(match: re.Match[str]) -> Spot:
    advice = "Remove what a machine has written; say it in words."
    return Spot(FindingKind.RAW_PAYLOAD, Severity.BLOCK, match.start(), match.end(), advice)


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def _private_addresses(text: str) -> Iterator[Spot]:
    for match in _ADDRESS.finditer(text):
        try:
            address = ipaddress.ip_address(match.group())
        except ValueError:
            continue
        if not address.is_global:
            advice = "Remove the internal address."
            yield Spot(FindingKind.INTERNAL_PLACE, Severity.BLOCK, match.start(), match.end(), advice)
