"""What would have to change for a lead event to go on, said for a person."""

from models.leads.terms import Concern, Dismissal, Note

_ADDRESS = "A phone number or an email address that can be used."
_REMEDIES: dict[str, str] = {
    Concern.UNREADABLE: "Somebody reads the request as it came and enters what it says.",
    Concern.NO_ADDRESS: _ADDRESS,
    Concern.UNUSABLE_PHONE: _ADDRESS,
    Concern.UNUSABLE_EMAIL: _ADDRESS,
    Concern.MASKED_PHONE: "The person's own phone number.",
    Concern.OWN_NUMBER: "The number of the person who called.",
    Concern.PLACE_CONTRADICTS: "The right postal code or state, or a person who accepts it as it is.",
    Concern.IN_THE_FUTURE: "A person who accepts it; and the clock of the source set right.",
    Concern.CONTACT_CHANGED: "A person who accepts the newer number or address.",
    Concern.NO_AUTOMATED_CONSENT: "A permission of the person, with its proof.",
    Concern.TOO_LATE: "A person who accepts its age.",
    Concern.NO_SEQUENCE: "A sequence for its source (comms sources set), or one for this lead.",
    Concern.CLIENT_INCOMPLETE: "The missing fields of the client (comms client add).",
    Concern.MESSAGE_WITHOUT_LEAD: "The lead that the message belongs to.",
    Note.NOT_PERMITTED: "A permission of the person, with its proof.",
    Note.SAME_CONTACT: "Nothing: the person is looked after by the run it was added to.",
    Note.SAME_LEAD: "Nothing: the earlier event decides.",
    Note.COMPLETED_BY_LATER: "Nothing: the later event decides.",
}


def remedy(reason: str) -> str:
    """Return what would have to change."""
    return _REMEDIES.get(reason, "Nothing: it is no lead." if reason in set(Dismissal) else "A person's decision.")
