"""A sequence and the two texts that its steps are made of, as a library holds them."""

from models.copywriting import SequenceVersion, TemplateVersion
from models.terms import Channel, ConsentKind

SMS_TEXT = "{{ client_name }} here. How can we help? Reply STOP to opt out."
EMAIL_TEXT = "Hello {{ first_name }}, answer us. Unsubscribe by the link of this email. {{ client_postal_address }}"


class LibraryOfOne:
    def __init__(self, sequence: SequenceVersion, sms_text: str) -> None:
        sms = TemplateVersion(
            key=Channel.SMS, version=1, channel=Channel.SMS, consent_needed=ConsentKind.CONVERSATIONAL, body=sms_text
        )
        email = TemplateVersion(
            key=Channel.EMAIL, version=1, channel=Channel.EMAIL, consent_needed=ConsentKind.CONVERSATIONAL,
            subject="Your call", body=EMAIL_TEXT,
        )  # fmt: skip
        self.templates, self.sequences = (sms, email), (sequence,)
