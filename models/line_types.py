"""What kind of line a phone number is, as far as a look-up tells."""

from enum import StrEnum


class LineType(StrEnum):
    """Kinds of line, as far as they matter for texts."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    """No text reaches it."""
    OTHER = "other"
    """Such as Voice over IP or toll-free: some of them take texts."""
    UNKNOWN = "unknown"


def of_twilio(said: object) -> LineType:
    """Return the kind that Twilio's `line_type_intelligence.type` means.

    https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence
    """
    match said:
        case "mobile":
            return LineType.MOBILE
        case "landline":
            return LineType.LANDLINE
        case str() if said and said != "unknown":
            return LineType.OTHER
        case _:
            return LineType.UNKNOWN
