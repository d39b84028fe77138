"""What is known of a message after its provider accepted it, merged so that order and repetition do not matter.

Callbacks and events come late, twice and out of order. All news forms one chain and the later link wins, so every
order of the same news ends the same. Meanings: https://www.twilio.com/docs/messaging/api/message-resource and
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.
"""

from enum import StrEnum


class Delivery(StrEnum):
    """How far a message got, from the least to the most telling news. The order of the members is the chain.

    DELIVERED comes after the failures because a receipt that it arrived must keep a repeat from being sent; a bounce or
    a complaint comes after DELIVERED because mail servers send both later. A soft bounce comes before it: after a
    delivery it is the note of somebody who is away.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    """The next carrier or mail server is being handed it. Some carriers never say more."""
    DELAYED = "delayed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    """The provider could not send it."""
    UNDELIVERED = "undelivered"
    """The carrier says that it did not arrive."""
    SOFT_BOUNCED = "soft_bounced"
    """SES gave up for now, after repeating by itself."""
    DELIVERED = "delivered"
    READ = "read"
    CLICKED = "clicked"
    BOUNCED = "bounced"
    COMPLAINED = "complained"

    @property
    def is_failure(self) -> bool:
        """Whether the message is known not to have arrived."""
        return self in _FAILURES

    @property
    def is_arrival(self) -> bool:
        """Whether the message is known to have arrived."""
        return self in _ARRIVALS


_PLACE = {delivery: place for place, delivery in enumerate(Delivery)}
_FAILURES = frozenset(
    {Delivery.CANCELLED, Delivery.FAILED, Delivery.UNDELIVERED, Delivery.SOFT_BOUNCED, Delivery.BOUNCED}
)
_ARRIVALS = frozenset({Delivery.DELIVERED, Delivery.READ, Delivery.CLICKED})

_TWILIO = {
    "accepted": Delivery.QUEUED,
    "scheduled": Delivery.QUEUED,
    "queued": Delivery.QUEUED,
    "sending": Delivery.SENDING,
    "sent": Delivery.SENT,
    "canceled": Delivery.CANCELLED,
    "failed": Delivery.FAILED,
    "undelivered": Delivery.UNDELIVERED,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
}

_SES = {
    "Send": Delivery.SENT,
    "DeliveryDelay": Delivery.DELAYED,
    "Reject": Delivery.FAILED,
    "Rendering Failure": Delivery.FAILED,
    "Delivery": Delivery.DELIVERED,
    "Open": Delivery.READ,
    "Click": Delivery.CLICKED,
    "Bounce": Delivery.BOUNCED,
    "Complaint": Delivery.COMPLAINED,
}


def later(known: Delivery | None, news: Delivery) -> Delivery:
    """Return what is known after `news`. Commutative, associative and idempotent."""
    return news if known is None else max(known, news, key=_PLACE.__getitem__)


def from_twilio(status: str) -> Delivery | None:
    """Return what a Twilio `MessageStatus` says; None for an inbound or unheard-of status."""
    return _TWILIO.get(status)


def from_ses(event_type: str, bounce_type: str | None = None) -> Delivery | None:
    """Return what an SES event says; None for `Subscription` and unheard-of types.

    Args:
        event_type: `eventType` (or `notificationType`).
        bounce_type: `bounceType` of a `Bounce`. `Transient` also stands for an absence note, which follows a mail that
            did arrive.
    """
    if event_type == "Bounce" and bounce_type == "Transient":
        return Delivery.SOFT_BOUNCED
    return _SES.get(event_type)
