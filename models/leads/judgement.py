"""Whether a lead event may start a run by itself, or a person must look first. Pure: time is an argument."""

from collections.abc import Collection
from datetime import datetime, timedelta

from models.frozen import Frozen
from models.leads.event import LeadEvent
from models.leads.terms import Concern, PhoneKind, Way
from models.terms import Channel

CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""So far ahead of ours another machine's clock may be."""
_MISSED_CALL = timedelta(hours=1)
_REQUEST = timedelta(hours=24)
RESPONSE_WINDOWS: dict[Way, timedelta | None] = {
    Way.TWILIO_VOICE: _MISSED_CALL,
    Way.CALLRAIL: _MISSED_CALL,
    Way.THUMBTACK: _REQUEST,
    Way.ANGI: _REQUEST,
    Way.WEB_FORM: _REQUEST,
    Way.GOOGLE_ADS: _REQUEST,
    Way.IMPORT: None,
    Way.API: _REQUEST,
}
"""The longest age of an event at which an automatic first answer is still right; None if age does not matter.

A text that says "you just called" is wrong an hour later. An account may have a window of its own.
"""
ANSWER_TARGETS: dict[Way, timedelta] = {Way.TWILIO_VOICE: timedelta(minutes=10), Way.CALLRAIL: timedelta(minutes=10)}
"""Until when an answer is prompt. Past it and inside the window it still goes out, and is shown as late."""


class Circumstances(Frozen):
    """What is known besides the event itself."""

    received_at: datetime
    response_window: timedelta | None
    state_of_postal_code: str | None = None
    own_numbers: frozenset[str] = frozenset()
    """Numbers of the client itself, E.164."""


def age(event: LeadEvent, received_at: datetime) -> timedelta:
    """Return how long ago it happened when it came in; zero if the source does not say or its clock is ahead."""
    happened = event.occurred_at or received_at
    return max(received_at - happened, timedelta(0))


def concerns(event: LeadEvent, around: Circumstances) -> list[Concern]:
    """Return why a person must look at a lead first, in a fixed order; nothing if it may go on."""
    return [
        *_about_the_contact(event, around.own_numbers),
        *_about_the_consent(event),
        *_about_the_place(event, around.state_of_postal_code),
        *_about_the_time(event, around),
    ]


def _about_the_contact(event: LeadEvent, own_numbers: Collection[str]) -> list[Concern]:
    who = event.contact
    if who.phone_kind is PhoneKind.MASKED:
        return [Concern.MASKED_PHONE]
    if who.phone and who.phone in own_numbers:
        return [Concern.OWN_NUMBER]
    if who.phone or who.email:
        return []
    unusable = [
        concern
        for written, concern in (
            (who.phone_written, Concern.UNUSABLE_PHONE),
            (who.email_written, Concern.UNUSABLE_EMAIL),
        )
        if written
    ]
    return unusable or [Concern.NO_ADDRESS]


def _about_the_consent(event: LeadEvent) -> list[Concern]:
    usable = {
        channel
        for channel, address in ((Channel.SMS, event.contact.phone), (Channel.EMAIL, event.contact.email))
        if address
    }
    if event.consent.automated_ok is False and not any(given.channel in usable for given in event.consent.given):
        return [Concern.NO_AUTOMATED_CONSENT]
    return []


def _about_the_place(event: LeadEvent, state_of_postal_code: str | None) -> list[Concern]:
    said = event.market.region.upper()
    differ = len(said) == 2 and state_of_postal_code is not None and said != state_of_postal_code
    return [Concern.PLACE_CONTRADICTS] if differ else []


def _about_the_time(event: LeadEvent, around: Circumstances) -> list[Concern]:
    if event.occurred_at is not None and event.occurred_at > around.received_at + CLOCKS_DIFFER_BY:
        return [Concern.IN_THE_FUTURE]
    window = around.response_window
    return [Concern.TOO_LATE] if window is not None and age(event, around.received_at) > window else []
