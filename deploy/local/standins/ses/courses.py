"""What becomes of a mail: which events follow an acceptance, and in which order. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from deploy.local.standins.ses.addresses import is_simulator, magic_word
from deploy.local.standins.ses.submission import Mail

EICAR = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class EventType(StrEnum):
    """The ten values of `eventType`."""

    SEND = "Send"
    DELIVERY = "Delivery"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    OPEN = "Open"
    CLICK = "Click"
    RENDERING_FAILURE = "Rendering Failure"
    DELIVERY_DELAY = "DeliveryDelay"
    SUBSCRIPTION = "Subscription"


@dataclass(frozen=True)
class Step:
    """One event to come. `details` override what the event would say by default."""

    event: EventType
    recipients: list[str]
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def suppression(self) -> str | None:
        """The reason for which this event puts its recipients on the suppression list, if it does."""
        if self.event is EventType.COMPLAINT:
            return "COMPLAINT"
        hard = self.details.get("bounceSubType", "General") in {"General", "NoEmail"}
        permanent = self.details.get("bounceType", "Permanent") == "Permanent"
        return "BOUNCE" if self.event is EventType.BOUNCE and permanent and hard else None


Happening = tuple[EventType, dict[str, Any]]

DELIVERED: Happening = (EventType.DELIVERY, {})


def _bounce(kind: str, sub_type: str) -> Happening:
    return EventType.BOUNCE, {"bounceType": kind, "bounceSubType": sub_type}


SUPPRESSED = [_bounce("Permanent", "OnAccountSuppressionList")]

COURSES: dict[str, list[Happening]] = {
    "bounce": [_bounce("Permanent", "General")],
    "latebounce": [DELIVERED, _bounce("Permanent", "General")],
    "suppressionlist": [_bounce("Permanent", "Suppressed")],
    "soft": [_bounce("Transient", "MailboxFull")],
    "ooto": [DELIVERED, _bounce("Transient", "General")],
    "undetermined": [_bounce("Undetermined", "Undetermined")],
    "complaint": [DELIVERED, (EventType.COMPLAINT, {})],
    "delay": [(EventType.DELIVERY_DELAY, {}), DELIVERED],
    "open": [DELIVERED, (EventType.OPEN, {})],
    "click": [DELIVERED, (EventType.OPEN, {}), (EventType.CLICK, {})],
}


def course(mail: Mail, suppressed: set[str]) -> list[list[Step]]:
    """The events of one mail, as turns: the events of one turn happen at the same moment.

    Args:
        mail: an accepted mail.
        suppressed: those of its recipients that are on the suppression list.
    """
    words = {recipient: magic_word(recipient) for recipient in mail.recipients}
    everyone = mail.recipients
    if "render" in words.values():
        return [[Step(EventType.RENDERING_FAILURE, everyone)]]
    sent = [Step(EventType.SEND, everyone)]
    if "reject" in words.values() or EICAR in mail.text + mail.html:
        return [sent, [Step(EventType.REJECT, everyone)]]
    fates = [_fate(mail, recipient, words[recipient], recipient in suppressed) for recipient in dict.fromkeys(everyone)]
    longest = max(len(fate) for fate in fates)
    return [sent, *([fate[turn] for fate in fates if turn < len(fate)] for turn in range(longest))]


def _fate(mail: Mail, recipient: str, word: str, suppressed: bool) -> list[Step]:
    if suppressed:
        events = SUPPRESSED
    elif word == "bounce" and is_simulator(recipient):
        events = [_bounce("Permanent", "NoEmail")]
    elif word == "unsubscribe" and mail.contact_list:
        events = [DELIVERED, (EventType.SUBSCRIPTION, {})]
    else:
        events = COURSES.get(word, [DELIVERED])
    return [Step(event, [recipient], details) for event, details in events]
