"""Every time zone and every state a recipient may be in.

The area code tells where a number was issued, the postal state where the work is, the client's zone where its customers
usually are. None is proof, so a message may leave only if it may leave in all of them, by the rules of all of them.
Area-code zones are those of the `phonenumbers` package (Google's libphonenumber, `timezone` data). It knows one zone for
some area codes that span two; those are completed here from the prefix data of the same package.
"""

from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType, timezone

from models.shipped_rules import places_of_area_codes

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
_GUAM = "Pacific/Guam"
_SAMOA = "Pacific/Pago_Pago"

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
    (_GUAM,): "GU MP",
    (_SAMOA,): "AS",
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


class Whereabouts(NamedTuple):
    """Where a recipient may be."""

    zones: tuple[str, ...]
    """IANA names, sorted, never empty; the client's own among them."""
    places: tuple[str, ...]
    """ISO 3166-2, sorted, such as `US-FL`; empty if nothing tells."""


def whereabouts(
    phone_e164: str | None, postal_state: str | None, client_zone: str, known_zones: Iterable[str] = ()
) -> Whereabouts:
    """Return every zone and every state the recipient may be in.

    A number that says nothing about a place (none, toll-free, unassigned), no known state and no known zone: then no
    place is returned, and the rules for an unknown place hold.

    Args:
        phone_e164: The recipient's number in E.164; None if there is none.
        postal_state: Two-letter code of the service address; None if unknown.
        client_zone: The zone of the business that writes. Always a candidate.
        known_zones: Zones that a customer record names.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: one of the zones is not a known zone.
    """
    state = (postal_state or "").strip().upper()
    named = tuple(known_zones)
    for zone in (client_zone, *named):
        ZoneInfo(zone)
    of_state = _ZONES_OF_STATE.get(state, ())
    of_phone, issued = _of_phone(phone_e164) if phone_e164 else ((), ())
    places = {*issued, *((f"US-{state}",) if of_state else ())}
    if not places:
        places = {place for zone in (*named, *of_phone) for place in places_in(zone)}
    return Whereabouts(tuple(sorted({client_zone, *named, *of_state, *of_phone})), tuple(sorted(places)))


def places_in(zone: str) -> tuple[str, ...]:
    """Return the states (ISO 3166-2) that lie in a zone (IANA name), wholly or in part."""
    return tuple(sorted(f"US-{state}" for state, zones in _ZONES_OF_STATE.items() if zone in zones))


def _of_phone(phone_e164: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the zones and the places of a number."""
    try:
        number = phonenumbers.parse(phone_e164)
    except phonenumbers.NumberParseException:
        return (), ()
    if phonenumbers.number_type(number) in _NOWHERE:
        return (), ()
    zones = tuple(zone for zone in timezone.time_zones_for_number(number) if zone != timezone.UNKNOWN_TIMEZONE)
    area_code = phone_e164[2:5] if number.country_code == 1 else ""
    return zones + _ZONES_OF_AREA_CODE.get(area_code, ()), places_of_area_codes().get(area_code, ())
