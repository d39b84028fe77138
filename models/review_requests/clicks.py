"""Whether somebody followed the link of a review request, or only a program that looks where links lead.

Mail filters and previews of messengers fetch every link of a message, mostly at once; none of that says that a person has
seen it. A click only ever says that the link was used, never what was thought of the job.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from models.frozen import Frozen

TOO_SOON = timedelta(seconds=5)
"""A person needs longer than this to read a message that has just arrived."""
AT_ONCE = timedelta(seconds=2)
"""Two links of one person's messages fetched within this time were fetched by a program."""
_PROGRAM = re.compile(
    r"bot\b|crawl|spider|slurp|preview|scan|monitor|fetch|headless|curl/|wget|python-|httpx|aiohttp|java/|okhttp|go-http"
    r"|facebookexternalhit|whatsapp|skypeuripreview|slack|telegram|twitter|linkedin|discord|googleimageproxy|yahoomailproxy"
    r"|barracuda|proofpoint|mimecast|safelinks|urldefense|symantec|trendmicro|fortinet|sophos|cloudmark|bingpreview"
    r"|microsoft office|ms-office|apple-pubsub|http-?client",
    re.IGNORECASE,
)


class NotCounted(StrEnum):
    """Why the use of a link does not count as a click."""

    METHOD = "method"
    PROGRAM = "program"
    TOO_SOON = "too_soon"
    ALL_AT_ONCE = "all_at_once"


class LinkUse(Frozen):
    """One request for a link. Moments are aware."""

    method: str
    agent: str
    """The `User-Agent`; looked at here and not kept."""
    at: datetime
    arrived_at: datetime | None = None
    """When the message was delivered, or accepted if nobody has reported; None if neither is known."""
    other_link_at: datetime | None = None
    """When another link of the same request was used last."""


def not_counted(use: LinkUse) -> NotCounted | None:
    """Return why a use of the link is not a person's click, or None if it counts as one."""
    if use.method != "GET":
        return NotCounted.METHOD
    if not use.agent.strip() or _PROGRAM.search(use.agent):
        return NotCounted.PROGRAM
    if use.arrived_at is not None and use.at - use.arrived_at < TOO_SOON:
        return NotCounted.TOO_SOON
    if use.other_link_at is not None and abs(use.at - use.other_link_at) < AT_ONCE:
        return NotCounted.ALL_AT_ONCE
    return None
