"""The outside of a simulation: channels that accept everything and send nothing, a CRM in memory."""

from datetime import timedelta
from uuid import uuid4

from activities.composition.outside import Outside
from models.handoff import RECORD_WAITS, CrmRecord, LeadForCrm
from models.provider_answers import Answer, AnswerKind
from models.sending import Envelope
from models.terms import Channel


class AcceptingChannel:
    """Takes every message and keeps it; nothing leaves this process."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    def send(self, envelope: Envelope) -> Answer:
        """Accept one message."""
        self.taken.append(envelope)
        return Answer(kind=AnswerKind.ACCEPTED, provider_id=f"simulated-{uuid4().hex}")


class CrmInMemory:
    """Holds what it is given."""

    waits: tuple[timedelta, ...] = RECORD_WAITS
    can_be_asked = True

    def __init__(self) -> None:
        self.records: dict[str, CrmRecord] = {}

    def find(self, key: str) -> CrmRecord | None:
        """Return what it holds under our key."""
        return self.records.get(key)

    def upsert(self, lead: LeadForCrm) -> CrmRecord:
        """Keep the lead."""
        self.records[lead.key] = CrmRecord("contact", "deal", {"phone": lead.phone}, {"dealname": lead.client_name})
        return self.records[lead.key]

    def archive(self, lead: LeadForCrm, record: CrmRecord) -> None:
        """Forget it."""
        self.records.pop(lead.key, None)

    def restore(self, record: CrmRecord, properties: dict[str, dict[str, str]]) -> None:
        """Have earlier values back; nothing reads them."""


class SimulatedOutside:
    """Both channels and the CRM, for one run."""

    def __init__(self) -> None:
        self.channels = {Channel.SMS: AcceptingChannel(), Channel.EMAIL: AcceptingChannel()}
        self.outside = Outside(channels=dict(self.channels), lists={}, crm=CrmInMemory())
