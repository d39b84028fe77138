"""A world outside that does as it is told: channels that answer from a script, a CRM in memory."""

import time
from collections import deque
from uuid import uuid4

from models.errors import CrmRefusal
from models.handoff import RECORD_WAITS, CrmRecord, LeadForCrm
from models.provider_answers import Answer, AnswerKind
from models.sending import Envelope


def accepted() -> Answer:
    return Answer(kind=AnswerKind.ACCEPTED, provider_id="SM" + uuid4().hex)


class ScriptedChannel:
    """Answers each send with the next answer of its script, then accepts everything."""

    def __init__(self, *script: Answer) -> None:
        self._script = deque(script)
        self.sent: list[Envelope] = []
        self._hangs_for = 0.0

    def will(self, *answers: Answer) -> None:
        self._script.extend(answers)

    def hangs(self, seconds: float) -> None:
        self._hangs_for = seconds

    def send(self, envelope: Envelope) -> Answer:
        self.sent.append(envelope)
        time.sleep(self._hangs_for)
        return self._script.popleft() if self._script else accepted()


class CrmInMemory:
    """Holds what it is given."""

    waits = RECORD_WAITS
    can_be_asked = True

    def __init__(self) -> None:
        self.records: dict[str, CrmRecord] = {}
        self.archived: list[str] = []
        self.refuses = False

    def find(self, key: str) -> CrmRecord | None:
        return self.records.get(key)

    def upsert(self, lead: LeadForCrm) -> CrmRecord:
        if self.refuses:
            raise CrmRefusal("VALIDATION_ERROR")
        record = CrmRecord("c1", "d1", {"phone": lead.phone}, {"dealname": lead.client_name})
        self.records[lead.key] = record
        return record

    def archive(self, lead: LeadForCrm, record: CrmRecord) -> None:
        self.archived.append(record.contact_id)
        self.records = {key: kept for key, kept in self.records.items() if kept is not record}

    def restore(self, record: CrmRecord, properties: dict[str, dict[str, str]]) -> None:
        """Write earlier values over those of the record, as a CRM does."""
        for key, kept in self.records.items():
            if kept.contact_id == record.contact_id:
                contact, deal = (
                    now | properties.get(kind, {}) for kind, now in (("contact", kept.contact), ("deal", kept.deal))
                )
                self.records[key] = CrmRecord(kept.contact_id, kept.deal_id, contact, deal)
