"""Every time zone a recipient may be in.

The area code tells where a number was issued, the postal state where the work is, the client's zone where its customers
usually are. None is proof, so a message may leave only if it may leave in all of them. Area-code zones are those of the
`phonenumbers` package (Google's libphonenumber, `timezone` data). It knows one zone for some area codes that span two;
those are completed here from the prefix data of the same package.
"""

from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType, timezone

_EASTERN = "America/New_York"
_CENTRAL = "America/Chicago"
_MOUNTAIN = "America/Denver"
_BOISE = "America/Boise"
_ARIZONA = "America/Phoenix"
_PACIFIC = "America/Los_Angeles"
_ALASKA = "America/Anchorage"
_ALEUTIANS = "America/Adak"
_HAWAII = "Pacific/Honolulu"
_ATLANTIC = "America/Puerto_Rico"

EVERY_US_ZONE = (
    *(_ATLANTIC, _EASTERN, _CENTRAL, _MOUNTAIN, _ARIZONA),
    *(_PACIFIC, _ALASKA, _ALEUTIANS, _HAWAII),
)
"""The states and Puerto Rico. Guam and Samoa are left out: their working day hardly meets the mainland's."""

_STATES = {
    (_EASTERN,): "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    (_EASTERN, _CENTRAL): "FL IN KY MI TN",
    (_CENTRAL,): "AL AR IA IL LA MN MO MS OK WI",
    (_CENTRAL, _MOUNTAIN): "KS ND NE SD TX",
    (_MOUNTAIN,): "CO MT NM UT WY",
    (_MOUNTAIN, _ARIZONA): "AZ",
    (_BOISE, _PACIFIC): "ID",
    (_PACIFIC, _BOISE): "OR",
    (_PACIFIC, _MOUNTAIN): "NV",
    (_PACIFIC,): "CA WA",
    (_ALASKA, _ALEUTIANS): "AK",
    (_HAWAII,): "HI",
    (_ATLANTIC,): "PR VI",
    ("Pacific/Guam",): "GU MP",
    ("Pacific/Pago_Pago",): "AS",
}
_ZONES_OF_STATE = {state: zones for zones, states in _STATES.items() for state in states.split()}

_SPLIT_AREA_CODES = {
    (_EASTERN, _CENTRAL): "219 270 364 423 448 574 606 812 850 906 930",
    (_CENTRAL, _MOUNTAIN): "308 432 605 620 701 785",
    (_PACIFIC, _BOISE): "208 458 541 986",
    (_PACIFIC, _MOUNTAIN): "775",
    (_ARIZONA, _MOUNTAIN): "928",
    (_ALASKA, _ALEUTIANS): "907",
}
_ZONES_OF_AREA_CODE = {code: zones for zones, codes in _SPLIT_AREA_CODES.items() for code in codes.split()}

_NOWHERE = frozenset(
    {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.UNKNOWN}
)


def candidate_zones(phone_e164: str | None, postal_state: str | None, client_zone: str) -> tuple[str, ...]:
    """Return the IANA names of every zone the recipient may be in: sorted, never empty.

    A number that says nothing about a place (none, toll-free, unassigned) and no known state means every US zone.

    Args:
        phone_e164: The recipient's number in E.164; None if there is none.
        postal_state: Two-letter code of the service address; None if unknown.
        client_zone: The zone of the business that writes. Always a candidate.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: `client_zone` is not a known zone.
    """
    ZoneInfo(client_zone)
    of_state = _ZONES_OF_STATE.get((postal_state or "").strip().upper(), ())
    of_phone = _zones_of_phone(phone_e164) if phone_e164 else ()
    return tuple(sorted({client_zone, *(of_state + of_phone or EVERY_US_ZONE)}))


def _zones_of_phone(phone_e164: str) -> tuple[str, ...]:
    try:
        number = phonenumbers.parse(phone_e164)
    except phonenumbers.NumberParseException:
        return ()
    if phonenumbers.number_type(number) in _NOWHERE:
        return ()
    zones = tuple(zone for zone in timezone.time_zones_for_number(number) if zone != timezone.UNKNOWN_TIMEZONE)
    area_code = phone_e164[2:5] if number.country_code == 1 else ""
    return zones + _ZONES_OF_AREA_CODE.get(area_code, ())
