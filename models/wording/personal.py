"""Numbers and addresses of people: whose they are decides, and nobody's card or social security number may ever leave."""

import re
from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number
from stdnum import iban, luhn
from stdnum.us import ein, rtn, ssn

from models.wording.findings import FindingKind, Severity
from models.wording.reading import Reading
from models.wording.spotting import Spot
from models.wording.surroundings import Surroundings

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_CARD = re.compile(r"(?<![\d.])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\d.]\d)")
_SSN = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_SPOKEN_SSN = re.compile(r"\b(?:ssn|social security)\b\D{0,20}(\d{3}[ -]?\d{2}[ -]?\d{4})\b", re.IGNORECASE)
_EIN = re.compile(r"\b(?:ein|tax id|taxpayer)\b\D{0,20}(\d{2}-?\d{7})\b", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ROUTING = re.compile(r"\b(?:routing|aba)\b\D{0,20}(\d{9})\b", re.IGNORECASE)


def personal(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield numbers and addresses that are not the client's own."""
    yield from _identity_numbers(reading.text)
    yield from _bank_numbers(reading.text)
    yield from _phones(reading.text, surroundings)
    yield from _emails(reading.text, surroundings)


def _identity_numbers(text: str) -> Iterator[Spot]:
    for match in _CARD.finditer(text):
        if luhn.is_valid(re.sub(r"\D", "", match.group())):
            yield _blocked(FindingKind.PAYMENT_CARD, match.span(), "Remove the card number.")
    for pattern, group in ((_SSN, 0), (_SPOKEN_SSN, 1)):
        for match in pattern.finditer(text):
            if ssn.is_valid(match.group(group)):
                yield _blocked(
                    FindingKind.SOCIAL_SECURITY_NUMBER, match.span(group), "Remove the social security number."
                )
    for match in _EIN.finditer(text):
        if ein.is_valid(match.group(1)):
            yield _blocked(FindingKind.TAX_NUMBER, match.span(1), "Remove the tax number.")


def _bank_numbers(text: str) -> Iterator[Spot]:
    for match in _IBAN.finditer(text):
        if iban.is_valid(match.group()):
            yield _blocked(FindingKind.BANK_ACCOUNT, match.span(), "Remove the account number.")
    for match in _ROUTING.finditer(text):
        if rtn.is_valid(match.group(1)):
            yield _blocked(FindingKind.BANK_ACCOUNT, match.span(1), "Remove the routing number.")


def _phones(text: str, surroundings: Surroundings) -> Iterator[Spot]:
    for match in PhoneNumberMatcher(text, "US", leniency=Leniency.VALID):
        number = format_number(match.number, PhoneNumberFormat.E164)
        if number not in surroundings.own.phones:
            advice = "This is not the client's number. Remove it, or add it to the client's numbers."
            yield _blocked(FindingKind.PHONE_NUMBER, (match.start, match.end), advice)


def _emails(text: str, surroundings: Surroundings) -> Iterator[Spot]:
    own = surroundings.own
    for match in _EMAIL.finditer(text):
        address = match.group().lower()
        if address not in own.emails and address.rpartition("@")[2] not in own.domains:
            advice = "This is not an address of the client or the agency. Remove it."
            yield _blocked(FindingKind.EMAIL_ADDRESS, match.span(), advice)


def _blocked(kind: FindingKind, span: tuple[int, int], advice: str) -> Spot:
    return Spot(kind, Severity.BLOCK, *span, advice)
