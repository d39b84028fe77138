"""The words of lead intake as closed lists. Their values are stored, so they never change meaning."""

from enum import StrEnum


class Way(StrEnum):
    """Through which door a lead event comes in. Each has its own shape, its own proof of origin and its own address."""

    TWILIO_VOICE = "twilio_voice"
    CALLRAIL = "callrail"
    THUMBTACK = "thumbtack"
    ANGI = "angi"
    WEB_FORM = "web_form"
    GOOGLE_ADS = "google_ads"
    IMPORT = "import"
    API = "api"


BY_WEB_HOOK = frozenset(Way) - {Way.IMPORT, Way.API}
"""Ways whose events are posted by somebody else's machine, with a credential of their own."""


class LeadEventState(StrEnum):
    """What became of one lead event."""

    ACCEPTED = "accepted"
    """The lead is stored and its run was asked for."""
    DUPLICATE = "duplicate"
    """It tells of a lead that is known already, and was added to it. Nothing more is started."""
    NEEDS_PERSON = "needs_person"
    """Something is missing or contradictory; nothing is sent until a person has completed or closed it."""
    KEPT = "kept"
    """The lead is stored. Nothing was started, because nothing proves that they may be written to."""
    TEST = "test"
    """The source tried out its connection. Nobody is ever written to because of it."""
    IGNORED = "ignored"
    """It is no lead, such as a call that was answered."""
    CLOSED = "closed"
    """A person has closed it without a run."""


class LeadEventKind(StrEnum):
    """What a lead event tells."""

    LEAD = "lead"
    MESSAGE = "message"
    """Something that a lead wrote on the platform they came from."""
    OTHER = "other"
    """Neither: it was kept to be ignored, or could not be read."""


class PhoneKind(StrEnum):
    """What a source says about a phone number."""

    UNKNOWN = "unknown"
    MASKED = "masked"
    """A platform's relay number, not the person's own."""


class Concern(StrEnum):
    """Why an event goes to a person instead of into a run."""

    UNREADABLE = "unreadable"
    NO_ADDRESS = "no_address"
    UNUSABLE_PHONE = "unusable_phone"
    UNUSABLE_EMAIL = "unusable_email"
    MASKED_PHONE = "masked_phone"
    OWN_NUMBER = "own_number"
    PLACE_CONTRADICTS = "place_contradicts"
    IN_THE_FUTURE = "in_the_future"
    CONTACT_CHANGED = "contact_changed"
    NO_AUTOMATED_CONSENT = "no_automated_consent"
    TOO_LATE = "too_late"
    NO_SEQUENCE = "no_sequence"
    CLIENT_INCOMPLETE = "client_incomplete"
    MESSAGE_WITHOUT_LEAD = "message_without_lead"


class Dismissal(StrEnum):
    """Why an event is no lead."""

    CALL_ANSWERED = "call_answered"
    CALL_STILL_GOING = "call_still_going"
    OUTBOUND_CALL = "outbound_call"
    ANONYMOUS_CALLER = "anonymous_caller"
    FROM_THE_BUSINESS = "from_the_business"
    NOT_ABOUT_A_LEAD = "not_about_a_lead"
    ITS_OWN_DESCRIPTION = "its_own_description"
    SPAM_TRAP = "spam_trap"


class Note(StrEnum):
    """Why an event that may go on started nothing by itself."""

    SAME_LEAD = "same_lead"
    SAME_CONTACT = "same_contact"
    COMPLETED_BY_LATER = "completed_by_later"
    NOT_PERMITTED = "not_permitted"


_NOTED: dict[Note, str] = {
    Note.SAME_LEAD: "its source has told of this lead before",
    Note.SAME_CONTACT: "the same person asked within a day, or their run is still open; it was added to that",
    Note.COMPLETED_BY_LATER: "a later event of the same lead was complete and went on",
    Note.NOT_PERMITTED: "nothing proves that the person permits messages; the lead is stored and nothing is sent",
}
_SAID: dict[Concern, str] = {
    Concern.UNREADABLE: "it could not be read in the shape its source documents; open it with the id under `inbox`",
    Concern.NO_ADDRESS: "it has neither a phone number nor an email address; answer where the lead wrote",
    Concern.UNUSABLE_PHONE: "its phone number cannot be used",
    Concern.UNUSABLE_EMAIL: "its email address cannot be used",
    Concern.MASKED_PHONE: "its phone number is a relay of the platform, which must not be texted",
    Concern.OWN_NUMBER: "it comes from a number of the client itself",
    Concern.PLACE_CONTRADICTS: "its postal code and its state are different places, so the allowed hours are unknown",
    Concern.IN_THE_FUTURE: "it says that it happened in the future",
    Concern.CONTACT_CHANGED: "the same lead came earlier with another phone number or email address",
    Concern.NO_AUTOMATED_CONSENT: "the person did not permit automated messages; call, or answer by hand",
    Concern.TOO_LATE: "it is older than an automatic first answer may be",
    Concern.NO_SEQUENCE: "its source names no sequence that exists; set one (PUT /v1/lead-sources)",
    Concern.CLIENT_INCOMPLETE: "the client lacks what its messages show; enter it with POST /v1/clients",
    Concern.MESSAGE_WITHOUT_LEAD: "a message came, and its lead has not; this closes by itself if the lead comes",
}
_IGNORED_BECAUSE: dict[Dismissal, str] = {
    Dismissal.CALL_ANSWERED: "the call was answered",
    Dismissal.CALL_STILL_GOING: "the call had not ended yet",
    Dismissal.OUTBOUND_CALL: "nobody called; the call went out",
    Dismissal.ANONYMOUS_CALLER: "the caller withheld the number, so nobody can be texted",
    Dismissal.FROM_THE_BUSINESS: "the business itself wrote it",
    Dismissal.NOT_ABOUT_A_LEAD: "it tells nothing about a lead",
    Dismissal.ITS_OWN_DESCRIPTION: "it repeats the description of the request",
    Dismissal.SPAM_TRAP: "a field that people do not see was filled in, so a program sent the form",
}


_SENTENCES = {code.value: said for sentences in (_SAID, _IGNORED_BECAUSE, _NOTED) for code, said in sentences.items()}


def in_words(reason: str) -> str:
    """Return a stored reason as the rest of a sentence."""
    return _SENTENCES.get(reason, reason.replace("_", " "))
