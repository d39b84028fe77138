"""HubSpot's CRM v3 by its documented REST calls, keyed by our own unique property so that every call may be repeated."""

from typing import Any

import httpx

from activities.providers.retry_after import retry_after
from models.crm_settings import CrmSettings
from models.errors import CrmRefusal, TryAgain
from models.handoff import RECORD_WAITS, CrmRecord, LeadForCrm

OWN_KEY = "agency_lead_id"
CONTACT_PROPERTIES = ("firstname", "lastname", "phone", "email")
DEAL_PROPERTIES = ("dealname", "dealstage", "description")
FIRST_STAGE = "appointmentscheduled"


class HubSpot:
    """Contacts and deals of one HubSpot account.

    Args:
        settings: base URL, private-app token, time limit.
    """

    waits = RECORD_WAITS
    can_be_asked = True

    def __init__(self, settings: CrmSettings) -> None:
        self._client = httpx.Client(
            base_url=settings.base_url,
            headers={"Authorization": f"Bearer {settings.token.get_secret_value()}"},
            timeout=settings.request_timeout.total_seconds(),
            follow_redirects=False,
            trust_env=False,
        )
        self._is_set_up = False

    def _set_up(self) -> None:
        """Make sure that both kinds of object have our own unique property, by which every call is repeatable."""
        if self._is_set_up:
            return
        for kind, group in (("contacts", "contactinformation"), ("deals", "dealinformation")):
            if self._call("GET", f"/crm/v3/properties/{kind}/{OWN_KEY}", missing_is_fine=True) is None:
                wanted = {"name": OWN_KEY, "label": "Agency lead id", "type": "string", "fieldType": "text"}
                created = {**wanted, "groupName": group, "hasUniqueValue": True}
                self._call("POST", f"/crm/v3/properties/{kind}", json=created, exists_is_fine=True)
        self._is_set_up = True

    def find(self, key: str) -> CrmRecord | None:
        """Return contact and deal under our key, or None. Raises TryAgain, CrmRefusal."""
        self._set_up()
        contact = self._read("contacts", key, CONTACT_PROPERTIES)
        if contact is None:
            return None
        deal = self._read("deals", key, DEAL_PROPERTIES)
        return CrmRecord(
            contact["id"],
            deal["id"] if deal else None,
            _kept(contact["properties"], CONTACT_PROPERTIES),
            _kept(deal["properties"], DEAL_PROPERTIES) if deal else {},
        )

    def upsert(self, lead: LeadForCrm) -> CrmRecord:
        """Create or update contact and deal under our key and associate them. Raises TryAgain, CrmRefusal."""
        contact = {
            "firstname": lead.first_name,
            "lastname": lead.last_name,
            "phone": lead.phone,
            "email": lead.email,
        }
        deal = {
            "dealname": f"{lead.client_name}: {lead.service_type or 'new lead'}",
            "dealstage": FIRST_STAGE,
            "description": f"Replied ({lead.reply_label}). Owner: {lead.owner}.",
        }
        contact = {name: value for name, value in contact.items() if value}
        self._set_up()
        contact_id = self._upsert("contacts", lead.key, contact)
        deal_id = self._upsert("deals", lead.key, deal)
        self._call("PUT", f"/crm/v4/objects/deals/{deal_id}/associations/default/contacts/{contact_id}")
        return CrmRecord(contact_id, deal_id, contact, deal)

    def archive(self, lead: LeadForCrm, record: CrmRecord) -> None:
        """Archive deal and contact; HubSpot can restore them for 90 days. Raises TryAgain, CrmRefusal."""
        if record.deal_id:
            self._call("DELETE", f"/crm/v3/objects/deals/{record.deal_id}", missing_is_fine=True)
        self._call("DELETE", f"/crm/v3/objects/contacts/{record.contact_id}", missing_is_fine=True)

    def restore(self, record: CrmRecord, properties: dict[str, dict[str, str]]) -> None:
        """Write earlier values back. Raises TryAgain, CrmRefusal."""
        if contact := properties.get("contact"):
            self._call("PATCH", f"/crm/v3/objects/contacts/{record.contact_id}", json={"properties": contact})
        if (deal := properties.get("deal")) and record.deal_id:
            self._call("PATCH", f"/crm/v3/objects/deals/{record.deal_id}", json={"properties": deal})

    def _read(self, kind: str, key: str, properties: tuple[str, ...]) -> Any:
        where = {"idProperty": OWN_KEY, "properties": ",".join(properties)}
        return self._call("GET", f"/crm/v3/objects/{kind}/{key}", params=where, missing_is_fine=True)

    def _upsert(self, kind: str, key: str, properties: dict[str, str]) -> str:
        entry = {"id": key, "idProperty": OWN_KEY, "properties": {**properties, OWN_KEY: key}}
        answer = self._call("POST", f"/crm/v3/objects/{kind}/batch/upsert", json={"inputs": [entry]})
        if not answer or not answer.get("results"):
            raise CrmRefusal(_category(answer or {}))
        return str(answer["results"][0]["id"])

    def _call(
        self, method: str, path: str, *, missing_is_fine: bool = False, exists_is_fine: bool = False, **request: Any
    ) -> Any:
        try:
            response = self._client.request(method, path, **request)
            if (response.status_code == 404 and missing_is_fine) or (response.status_code == 409 and exists_is_fine):
                return None
            if response.status_code == 429 or response.status_code >= 500 or response.status_code in (408, 423):
                raise TryAgain(f"HubSpot answered {response.status_code}", retry_after(response.headers))
            if response.status_code >= 300:
                raise CrmRefusal(f"HubSpot answered {response.status_code} {_category(_json(response))}")
            return _json(response)
        except httpx.HTTPError as error:
            raise TryAgain(f"HubSpot: {type(error).__name__}") from None


def _json(response: httpx.Response) -> Any:
    try:
        return response.json() if response.content else {}
    except ValueError:
        raise TryAgain("HubSpot: unreadable answer") from None


def _category(answer: dict[str, Any]) -> str:
    errors = answer.get("errors") or [answer]
    return str(errors[0].get("category", "UNKNOWN"))


def _kept(found: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(found[name]) for name in names if found.get(name)}
