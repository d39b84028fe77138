"""Why a lead is lost, where a reply says so."""

from models.replies import ReplyLabel
from models.reply_rules.patterns import any_of
from models.reply_rules.wording import normalised
from models.terms import LostReason

_PRICE = any_of(
    r"\b(?:expensive|pricey|afford|budget|cheaper|overpriced|too much|(?:price|cost)\w* (?:is|are|was) (?:too|way|so|very)"
    r"|more than (?:i|we) (?:want|can))\b",
    r"\b(?:car[oa]s?|presupuesto|barat\w+|mucho dinero|no (?:tengo|tenemos|hay) (?:dinero|plata)|no me alcanza)\b",
)
_AREA = any_of(
    r"\b(?:out of (?:the |your )?area|too far|(?:moved|live) (?:out|away|far|in another|to another)|different (?:state|city))\b",
    r"\b(?:muy lejos|otro estado|otra ciudad|me mude|fuera de (?:su|la) zona)\b",
)
_SERVICE = any_of(
    r"\bnot (?:what|the (?:service|thing)) (?:i|we)\b|\b(?:dont|do not) need that (?:service|kind)\b|\bdifferent service\b",
    r"\bno es (?:lo|el servicio) que\b|\botro (?:tipo de )?servicio\b",
)


def lost_reason(label: ReplyLabel, text: str) -> LostReason | None:
    """Return why a reply ends the hope for a booking, or None if it does not."""
    match label:
        case ReplyLabel.WRONG_NUMBER:
            return LostReason.WRONG_NUMBER
        case ReplyLabel.ALREADY_HIRED:
            return LostReason.HIRED_OTHER
        case ReplyLabel.NOT_INTERESTED:
            words = normalised(text)
            reasons = (
                (_PRICE, LostReason.PRICE),
                (_AREA, LostReason.OUT_OF_AREA),
                (_SERVICE, LostReason.NOT_OUR_SERVICE),
            )
            return next((reason for said, reason in reasons if said.search(words)), LostReason.NOT_INTERESTED)
        case _:
            return None
