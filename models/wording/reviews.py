"""What a review request must not say: it asks everybody alike, for any review, and gives nothing for it.

Incentives conditioned on sentiment: 16 CFR 465.4. No selective asking, no discouraging, no wished-for content or rating:
https://support.google.com/contributionpolicy/answer/7400114. Yelp wants no asking at all:
https://www.yelp-support.com/article/Don-t-Ask-for-Reviews.
"""

import re
from collections.abc import Iterator

from models.wording.findings import FindingKind, Severity
from models.wording.links import hosts_of
from models.wording.reading import Reading
from models.wording.spotting import Spot, each
from models.wording.surroundings import Purpose, Surroundings

_STEERED = re.compile(
    r"\b(?:5|five)[- ]?stars?\b|[\u2605\u2b50]{2,}|\bif you(?:'re| are| were|'ve been| have been)? "
    r"(?:happy|satisfied|pleased|loved|enjoyed|love)\b|\b(?:leave|write|give|post) (?:us |me )?an? "
    r"(?:\w+ )?(?:positive|good|great|nice|glowing|excellent|perfect) (?:\w+ )?(?:review|rating)\b"
    r"|\b(?:positive|good|great|glowing|perfect) (?:reviews?|ratings?)\b"
    r"|\b(?:un|not |dis)(?:happy|satisfied)\b[^.!?]{0,60}\b(?:instead|first|directly|before)\b"
    r"|\b(?:before|instead of) (?:leaving|posting|writing) a (?:bad|negative|poor)\b"
    r"|\bmention\b[^.!?]{0,40}\b(?:name|technician|tech|city|service)\b"
    r"|\bsi (?:esta|est\u00e1|qued\u00f3) (?:contento|satisfecho)\b|\b(?:cinco|5) estrellas\b",
    re.IGNORECASE,
)
_REWARDED = re.compile(
    r"\bin (?:exchange|return)\b|\b(?:discounts?|gift ?cards?|raffle|coupons?|sweepstakes|drawing|entered to win|prize"
    r"|cash ?back|reward(?:s|ed)?|free (?:service|visit|month|gift)|\d+ ?% off|\$ ?\d+ off)\b|\bdescuento\b|\bregalo\b",
    re.IGNORECASE,
)
_NOT_TO_BE_ASKED = ("yelp.com", "thumbtack.com", "angi.com", "homeadvisor.com")
"""Platforms that forbid asking for reviews, or have a request of their own."""


def reviews(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield steering, rewards and platforms that are not to be asked for. Only of review requests."""
    if surroundings.purpose is not Purpose.REVIEW_REQUEST:
        return
    steered = "Ask everybody alike, for any review: no wished-for rating, mood or content."
    yield from each(_STEERED, reading.text, FindingKind.REVIEW_STEERED, Severity.BLOCK, steered)
    rewarded = "Nothing may be given for a review."
    yield from each(_REWARDED, reading.text, FindingKind.REVIEW_REWARDED, Severity.BLOCK, rewarded)
    links = hosts_of(reading.text)
    for start, end, host in links:
        if host.endswith(_NOT_TO_BE_ASKED):
            advice = "This platform does not allow this way of asking for reviews."
            yield Spot(FindingKind.REVIEW_PLATFORM, Severity.BLOCK, start, end, advice)
    for start, end, _ in links[1:]:
        advice = "One link, the same for everybody."
        yield Spot(FindingKind.REVIEW_STEERED, Severity.BLOCK, start, end, advice)
