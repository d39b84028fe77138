"""Addresses in one form each, so that consent, caps and duplicates are found whatever way a source writes them."""

import hashlib

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberType

from models.errors import InvalidAddress
from models.terms import Channel

_CANNOT_BE_TEXTED = frozenset(
    {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN, PhoneNumberType.PAGER}
)


def normalise(channel: Channel, raw: str, region: str = "US") -> str:
    """Return the one form of an address: E.164 for SMS, lower case ASCII for email.

    The local part of an email is lower-cased too: mail systems in use ignore its case, and an opt-out must not be
    missed because of it.

    Args:
        channel: What the address is for.
        raw: As a person or a lead source wrote it.
        region: Country of a phone number without a country code, ISO 3166-1 alpha-2.

    Raises:
        InvalidAddress: Not a usable address: malformed, short code, premium rate, with an extension.
    """
    return _phone(raw, region) if channel is Channel.SMS else _email(raw)


def address_hash(client_id: str, channel: Channel, normalised: str) -> str:
    """Return the SHA-256 hex by which consent, locks and logs know an address of a client."""
    return hashlib.sha256("\x1f".join((client_id, channel.value, normalised)).encode()).hexdigest()


def masked(normalised: str) -> str:
    """Return what people may see of a normalised address: `+1•••••••23` or `j•••@•••.com`."""
    if "@" in normalised:
        local, _, domain = normalised.rpartition("@")
        return f"{local[:1]}•••@•••.{domain.rpartition('.')[2]}"
    return f"{normalised[:2]}•••••••{normalised[-2:]}"


def _phone(raw: str, region: str) -> str:
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        raise InvalidAddress("not a phone number") from None
    if number.extension:
        raise InvalidAddress("a phone number with an extension")
    if not phonenumbers.is_valid_number(number):
        raise InvalidAddress("not a phone number in use")
    if phonenumbers.number_type(number) in _CANNOT_BE_TEXTED:
        raise InvalidAddress("a premium or special number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(raw: str) -> str:
    try:
        found = validate_email(raw.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise InvalidAddress("not an email address") from None
    return (found.ascii_email or found.normalized).lower()
