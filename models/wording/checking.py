"""All checks of wording that a client or a client's customer is going to read, on the very text that will leave.

Asked when a draft is written, when it is approved and when it is claimed: the same text, the same answer.
"""

from collections.abc import Mapping

from models.wording.claims import claims
from models.wording.credentials import credentials
from models.wording.findings import Finding, digest_of
from models.wording.incidents import incidents
from models.wording.internals import internals
from models.wording.links import links
from models.wording.manner import manner
from models.wording.other_clients import other_clients
from models.wording.own import without_own
from models.wording.personal import personal
from models.wording.reading import Reading, read
from models.wording.reviews import reviews
from models.wording.spotting import Detector
from models.wording.surroundings import Surroundings

_DETECTORS: tuple[Detector, ...] = (
    personal, credentials, internals, other_clients, links, claims, incidents, reviews, manner,
)  # fmt: skip


def check(parts: Mapping[str, str], surroundings: Surroundings, key: bytes) -> tuple[Finding, ...]:
    """Return everything that is wrong with a message, in the order in which it is read.

    Args:
        parts: what a recipient gets to read, rendered: subject, preheader, body, alternative texts, links.
        surroundings: what it is for, whose it is, and who must not appear in it.
        key: keys the digests of what was found, at most 64 bytes.
    """
    readings = [read(part, written) for part, written in parts.items()]
    found = [finding for reading in readings for finding in _findings(reading, surroundings, key)]
    order = list(parts)
    return tuple(sorted(found, key=lambda finding: (order.index(finding.part), finding.start, finding.kind)))


def _findings(reading: Reading, surroundings: Surroundings, key: bytes) -> set[Finding]:
    return {
        Finding(
            kind=spot.kind,
            severity=spot.severity,
            part=reading.part,
            start=spot.start,
            end=spot.end,
            digest=digest_of(reading.text[spot.start : spot.end], key),
            advice=spot.advice,
        )
        for detector in _DETECTORS
        for spot in without_own(reading, detector(reading, surroundings), surroundings.own)
    }
