"""A CRM in memory that can lose its answer, refuse, or be changed by somebody else."""

from dataclasses import replace

from models.errors import CrmRefusal, TryAgain
from models.handoff import RECORD_WAITS, CrmRecord, LeadForCrm


class CrmInMemory:
    """Contacts and deals by our key."""

    waits = RECORD_WAITS
    can_be_asked = True

    def __init__(self) -> None:
        self.records: dict[str, CrmRecord] = {}
        self.archived: list[str] = []
        self.writes = 0
        self.refuses = False
        self.loses_answers = 0

    def find(self, key: str) -> CrmRecord | None:
        return self.records.get(key)

    def upsert(self, lead: LeadForCrm) -> CrmRecord:
        if self.refuses:
            raise CrmRefusal("VALIDATION_ERROR")
        contact = {"firstname": lead.first_name, "phone": lead.phone, "lead_status": "replied"}
        self.records[lead.key] = CrmRecord(f"c-{lead.key}", f"d-{lead.key}", contact, {"stage": "new"})
        self.writes += 1
        if self.loses_answers:
            self.loses_answers -= 1
            raise TryAgain("ReadTimeout")
        return self.records[lead.key]

    def archive(self, lead: LeadForCrm, record: CrmRecord) -> None:
        if self.refuses:
            raise CrmRefusal("FORBIDDEN")
        self.archived.append(record.contact_id)
        self.records = {key: kept for key, kept in self.records.items() if kept.contact_id != record.contact_id}

    def restore(self, record: CrmRecord, properties: dict[str, dict[str, str]]) -> None:
        for key, found in self.records.items():
            if found.contact_id == record.contact_id:
                self.records[key] = replace(
                    found, contact={**found.contact, **properties["contact"]}, deal={**found.deal, **properties["deal"]}
                )

    def change(self, key: str, **contact: str) -> None:
        """Somebody changes the contact by hand."""
        self.records[key] = replace(self.records[key], contact={**self.records[key].contact, **contact})
