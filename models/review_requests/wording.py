"""Whether a text may ask for a review at all: looked at when it enters the library, and again when it is approved.

The forbidden words are those of `models.wording.reviews`, which is asked again about the very text that leaves.
"""

import re

from models.wording.findings import Severity
from models.wording.reading import read
from models.wording.reviews import reviews
from models.wording.surroundings import Purpose, Surroundings

FIELD = "review_link"
SHOWS_LINK = re.compile(r"\{\{-?\s*" + FIELD + r"\s*-?\}\}")
_MENTIONS_LINK = re.compile(r"\b" + FIELD + r"\b")
_LINK_SHOWN = "https://reviews.example/r"
_CHOICE = re.compile(r"\{%-?\s*(?:el)?if\b")
_GATING = re.compile(
    r"\bhow (?:did we do|was (?:your|our|the))\b|\b(?:were|are|was) (?:you|everything|it) [^.!?]{0,40}\?|\brate (?:us|your|our)\b"
    r"|\bfrom (?:1|one) to (?:5|five|10|ten)\b|\breply (?:with )?(?:yes|no|y|n|[0-9])\b|\bqu[eé] tal (?:fue|estuvo)\b",
    re.IGNORECASE,
)
"""A question whose answer could decide who gets to see the link."""


def is_review_request(subject: str, body: str) -> bool:
    """Return whether a text asks for a review: it speaks of the link to leave one."""
    return _MENTIONS_LINK.search(subject) is not None or _MENTIONS_LINK.search(body) is not None


def refusals(subject: str, body: str, *, asks: bool = True) -> list[str]:
    """Return why a template must not be used for a review request, as sentences; empty if it may.

    Args:
        subject: of an email.
        body: the template.
        asks: whether it is to ask for a review; a thank-you shows no link.
    """
    found = []
    shown = len(SHOWS_LINK.findall(body))
    if asks and shown != 1:
        found.append(f"It must show {{{{ {FIELD} }}}} once and as it is: one link, the same for everybody.")
    if not asks and is_review_request(subject, body):
        found.append("A thank-you asks for nothing: leave the link out.")
    if _MENTIONS_LINK.search(subject) or len(_MENTIONS_LINK.findall(body)) != shown:
        found.append(f"{FIELD} may only be shown, not chosen by or changed.")
    if _CHOICE.search(body) and FIELD in _inside_choices(body):
        found.append("Everybody gets the link: it must not depend on a condition.")
    if _GATING.search(f"{subject}\n{body}"):
        found.append("Do not ask how it was before showing the link: that is a gate.")
    for part, text in (("subject", subject), ("body", SHOWS_LINK.sub(_LINK_SHOWN, body))):
        spots = reviews(read(part, text), Surroundings(purpose=Purpose.REVIEW_REQUEST))
        found += [spot.advice for spot in spots if spot.severity is Severity.BLOCK]
    return list(dict.fromkeys(found))


def _inside_choices(body: str) -> str:
    return " ".join(re.findall(r"\{%-?\s*if\b.*?\{%-?\s*endif\s*-?%\}", body, re.DOTALL))
