"""What a check of wording has found: which class, where, and what it means for the message. Never the words themselves."""

import hashlib
from enum import StrEnum

from models.frozen import Frozen


class Severity(StrEnum):
    """What a finding means for the wording it was found in. The strictest one decides."""

    BLOCK = "block"
    """It may not leave, and nobody may approve it."""
    NEEDS_APPROVAL = "needs_approval"
    """It may leave once a person has approved exactly this."""
    WARN = "warn"
    """Shown to whoever writes or approves it."""


class FindingKind(StrEnum):
    """What was found. Stored with drafts and approvals, so the values never change meaning."""

    PHONE_NUMBER = "phone_number"
    EMAIL_ADDRESS = "email_address"
    PAYMENT_CARD = "payment_card"
    SOCIAL_SECURITY_NUMBER = "social_security_number"
    TAX_NUMBER = "tax_number"
    BANK_ACCOUNT = "bank_account"
    CREDENTIAL = "credential"
    RAW_PAYLOAD = "raw_payload"
    MARKUP = "markup"
    INTERNAL_ID = "internal_id"
    INTERNAL_PLACE = "internal_place"
    ERROR_OUTPUT = "error_output"
    TEMPLATE_LEFTOVER = "template_leftover"
    OTHER_CLIENT = "other_client"
    CLAIM = "claim"
    FIGURE_WITHOUT_SOURCE = "figure_without_source"
    PROMISED_REPAIR_TIME = "promised_repair_time"
    BLAME = "blame"
    GUESS = "guess"
    UNPROVEN_ALL_CLEAR = "unproven_all_clear"
    MINIMISING = "minimising"
    REVIEW_STEERED = "review_steered"
    REVIEW_REWARDED = "review_rewarded"
    REVIEW_PLATFORM = "review_platform"
    FOREIGN_LINK = "foreign_link"
    LINK_SHORTENER = "link_shortener"
    UNENCRYPTED_LINK = "unencrypted_link"
    SHOUTING = "shouting"
    TOO_LONG = "too_long"
    HIDDEN_CHARACTERS = "hidden_characters"


class Finding(Frozen):
    """One place in one part of a message.

    `digest` lets two findings be compared without showing what was found: keyed, so that it cannot be guessed back.
    """

    kind: FindingKind
    severity: Severity
    part: str
    """Which text: `subject`, `preheader`, `body`, `link` …"""
    start: int
    """First character in the text as the recipient sees it, see `models.wording.reading`."""
    end: int
    digest: str
    advice: str
    """What to do about it, as a sentence."""


def strictest(findings: tuple[Finding, ...]) -> Severity | None:
    """Return the severity that decides, None if nothing was found."""
    order = tuple(Severity)
    return min((finding.severity for finding in findings), key=order.index, default=None)


def digest_of(found: str, key: bytes) -> str:
    """Return the keyed digest of what was found (blake2b, 16 hex digits)."""
    return hashlib.blake2b(found.casefold().encode(), key=key[:64], digest_size=8).hexdigest()
