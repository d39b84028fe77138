"""Salesforce leads by REST, keyed by an external id of our own so that every call may be repeated.

The organisation needs two custom fields of Lead, which the API cannot make: `Agency_Lead_Id__c`, a text of 36 characters
that is an external id and unique; and `Agency_Handoff__c`, a text of 20 characters. Source:
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm
"""

from typing import Any

from activities.providers.salesforce_session import SalesforceSession, refusal
from models.crm_settings import CrmSettings
from models.errors import TryAgain
from models.handoff import RECORD_WAITS, CrmRecord, LeadForCrm

OWN_KEY = "Agency_Lead_Id__c"
OWN_STATE = "Agency_Handoff__c"
HANDED_OVER, VOIDED = "handed over", "voided"
PROPERTIES = ("FirstName", "LastName", "Phone", "Email", "Company", "Description", OWN_STATE)
NOT_GIVEN = "[not provided]"
"""Salesforce demands a last name."""
TASK_SUBJECT = "Handoff voided"
TASK_TEXT = "This lead was handed over by mistake or was taken back. Please close or delete it if nobody works on it."


class Salesforce:
    """Leads of one organisation: one record for person and request, so there is no deal.

    Args:
        settings: the organisation's address, client id and secret of the connected app, API version, time limit.
    """

    waits = RECORD_WAITS
    can_be_asked = True

    def __init__(self, settings: CrmSettings) -> None:
        self._session = SalesforceSession(settings)
        self._root = f"/services/data/{settings.api_version}"

    def find(self, key: str) -> CrmRecord | None:
        """Return the lead under our key; None if there is none or we have voided it. Raises TryAgain, CrmRefusal."""
        found = self._read(key)
        if found is None or found.get(OWN_STATE) == VOIDED:
            return None
        kept = {name: str(found[name]) for name in PROPERTIES if found.get(name)}
        return CrmRecord(str(found["Id"]), None, kept, {})

    def upsert(self, lead: LeadForCrm) -> CrmRecord:
        """Create or update the lead under our key. Raises TryAgain; CrmRefusal also if several have the key."""
        wanted = {
            "FirstName": lead.first_name,
            "LastName": lead.last_name or NOT_GIVEN,
            "Phone": lead.phone,
            "Email": lead.email,
            "Company": lead.client_name,
            "Description": f"{lead.service_type or 'New lead'}. Replied ({lead.reply_label}). Owner: {lead.owner}.",
            OWN_STATE: HANDED_OVER,
        }
        fields = {name: value for name, value in wanted.items() if value}
        answer = self._session.call("PATCH", f"/sobjects/Lead/{OWN_KEY}/{lead.key}", json=fields)
        record = answer or self._read(lead.key) or {}  # older versions answer an update with 204 and nothing else
        record_id = record.get("id") or record.get("Id")
        if not record_id:
            raise TryAgain("Salesforce: an answer without an id")
        return CrmRecord(str(record_id), None, fields, {})

    def archive(self, lead: LeadForCrm, record: CrmRecord) -> None:
        """Mark the lead as voided and put a task about it on its owner's list: both or neither. Raises TryAgain, CrmRefusal.

        Nothing is deleted: a person decides what becomes of the lead.
        """
        void = {
            "method": "PATCH",
            "url": f"{self._root}/sobjects/Lead/{record.contact_id}",
            "referenceId": "lead",
            "body": {OWN_STATE: VOIDED},
        }
        task = {
            "method": "POST",
            "url": f"{self._root}/sobjects/Task",
            "referenceId": "task",
            "body": {"WhoId": record.contact_id, "Subject": TASK_SUBJECT, "Description": TASK_TEXT},
        }
        answer = self._session.call("POST", "/composite", json={"allOrNone": True, "compositeRequest": [void, task]})
        parts = answer.get("compositeResponse") or []
        failed = [part for part in parts if part["httpStatusCode"] >= 300]
        # What failed only because the other did says so, and tells nothing more.
        failed.sort(key=lambda part: "PROCESSING_HALTED" in str(part["body"]))
        if failed:
            raise refusal(failed[0]["httpStatusCode"], failed[0]["body"])
        if len(parts) != 2:
            raise TryAgain("Salesforce: half an answer")

    def restore(self, record: CrmRecord, properties: dict[str, dict[str, str]]) -> None:
        """Write earlier values back; an empty one empties the field. Raises TryAgain, CrmRefusal."""
        fields = {name: value or None for name, value in properties.get("contact", {}).items()}
        if fields:
            self._session.call("PATCH", f"/sobjects/Lead/{record.contact_id}", json=fields)

    def _read(self, key: str) -> Any:
        where = {"fields": ",".join(("Id", *PROPERTIES))}
        return self._session.call("GET", f"/sobjects/Lead/{OWN_KEY}/{key}", params=where, missing_is_fine=True)
