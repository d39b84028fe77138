"""How far a person has seen a post. An opened mail or a followed link proves little: programs do both.

Mail scanners and privacy proxies, such as Apple's Mail Privacy Protection, fetch what a message links to; so each level says
what had to happen for it.
"""

import re
from datetime import timedelta
from enum import StrEnum

TOO_EARLY = timedelta(seconds=5)
"""Nobody reads a message so soon after it was delivered."""
ALL_AT_ONCE = timedelta(seconds=2)
"""Nobody follows another link of theirs so soon after one."""
BEACON_AFTER = timedelta(seconds=3)
"""How long a page must have been visible to count as viewed."""

_PROGRAM = re.compile(
    r"bot\b|crawl|spider|scan|slurp|preview|proxy|prefetch|monitor|headless|facebookexternalhit|whatsapp|telegram|slack"
    r"|skype|teams|barracuda|proofpoint|mimecast|safelinks|urldefense|symantec|trendmicro|fireeye|python|curl|wget"
    r"|httpclient|okhttp|java/|go-http|axios|node-fetch|libwww|guzzle|postman",
    re.IGNORECASE,
)


class ViewLevel(StrEnum):
    """How sure it is that a person has seen it, least first. Stored, so the values never change meaning."""

    DELIVERED = "delivered"
    OPEN_UNVERIFIED = "open_unverified"
    LINK_HIT = "link_hit"
    """The page was asked for, and nothing says that a program did it."""
    VIEWED = "viewed"
    """The page was visible in a browser for three seconds."""
    VIEWED_AUTHENTICATED = "viewed_authenticated"
    """The person whose link it is has said so, by a button that is theirs alone."""


class Discount(StrEnum):
    """Why a hit is not counted as a person's."""

    HEAD = "head"
    PROGRAM = "program"
    TOO_EARLY = "too_early"
    ALL_AT_ONCE = "all_at_once"


def discount(
    method: str, user_agent: str, since_delivery: timedelta | None, since_other_link: timedelta | None
) -> Discount | None:
    """Return why a hit of a link does not count, or None if it may be a person's.

    Args:
        method: of the request.
        user_agent: as the browser or program names itself.
        since_delivery: since a message with links was last delivered to this person; None if none was.
        since_other_link: since this person's link last led elsewhere; None if it never did.
    """
    if method.upper() == "HEAD":
        return Discount.HEAD
    if not user_agent.strip() or _PROGRAM.search(user_agent):
        return Discount.PROGRAM
    if since_delivery is not None and since_delivery < TOO_EARLY:
        return Discount.TOO_EARLY
    if since_other_link is not None and since_other_link < ALL_AT_ONCE:
        return Discount.ALL_AT_ONCE
    return None


def highest(levels: set[ViewLevel]) -> ViewLevel | None:
    """Return the surest of some levels, None if there is none."""
    order = tuple(ViewLevel)
    return max(levels, key=order.index, default=None)
