"""Which adapter reads which way in."""

from collections.abc import Callable

from models.leads.event import LeadEvent
from models.leads.options import SourceOptions
from models.leads.sources import angi, callrail, google_ads, thumbtack, twilio_voice, web_form
from models.leads.terms import Way

READERS: dict[Way, Callable[[bytes, SourceOptions], LeadEvent]] = {
    Way.TWILIO_VOICE: twilio_voice.read,
    Way.CALLRAIL: callrail.read,
    Way.THUMBTACK: thumbtack.read,
    Way.ANGI: angi.read,
    Way.WEB_FORM: web_form.read,
    Way.GOOGLE_ADS: google_ads.read,
}
"""Each takes a verified request as it came, and returns the one form or raises `UnreadableLead`. All are pure."""
