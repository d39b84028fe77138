"""What a check of wording has to know beside the text: what it is for, whose it is, and who else must not appear in it."""

from enum import StrEnum

from models.frozen import Frozen
from models.terms import Channel


class Purpose(StrEnum):
    """What a text is for; it decides which lexicons are asked."""

    OUTREACH = "outreach"
    REVIEW_REQUEST = "review_request"
    REPORT = "report"
    INCIDENT = "incident"


class MarkKind(StrEnum):
    """What a mark of a business is, by which it is recognised. Stored, so the values never change meaning."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    DOMAIN = "domain"
    URL = "url"


class Party(Frozen):
    """How a business can be recognised in a text. Phones are E.164, domains lower case without `www.`."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    """Beginnings of links that are its own, such as the portal's; a capability may follow."""


class Surroundings(Frozen):
    """Everything about a message that the checks need and the text does not say."""

    purpose: Purpose
    channel: Channel | None = None
    """None for a page of the portal."""
    own: Party = Party()
    """The client and the agency: their numbers, addresses and domains may appear."""
    others: tuple[Party, ...] = ()
    """Every other client. None of them may."""
    sourced_figures: tuple[str, ...] = ()
    """Figures as they are shown, that came from typed slots with source, period and as-of."""
    no_data_lost_is_proven: bool = False
    """For an incident: the evidence that nothing was lost is attached."""
