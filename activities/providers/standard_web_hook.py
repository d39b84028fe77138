"""A signed web hook that any CRM or automation tool can receive, after the Standard Webhooks specification 1.0.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpcore

from activities.providers.guarded_network import ForbiddenAddress, GuardedNetwork
from activities.providers.retry_after import retry_after
from models.crm_settings import CrmSettings
from models.errors import CrmGone, CrmRefusal, TryAgain
from models.handoff import WEB_HOOK_WAITS, CrmRecord, LeadForCrm

HANDED_OFF, HANDOFF_VOIDED = "lead.handed_off", "lead.handoff_voided"
LARGEST_BODY = 20_000
LARGEST_ANSWER = 65_536
SECONDS = 5.0


class StandardWebHook:
    """Tells a receiver of leads. It cannot be asked, so whether a lead may be taken back is the receiver's to answer.

    Args:
        settings: the address, one or two signing secrets, whether loopback is permitted.
    """

    waits = WEB_HOOK_WAITS
    can_be_asked = False

    def __init__(self, settings: CrmSettings) -> None:
        self._url = settings.base_url
        self._keys = settings.signing_keys()
        self._permits_loopback = settings.permits_loopback
        self._ssl_context = ssl.create_default_context()

    def find(self, key: str) -> CrmRecord | None:
        """Return None: nothing is known of what the receiver holds."""
        return None

    def upsert(self, lead: LeadForCrm) -> CrmRecord:
        """Tell of a handoff. Raises TryAgain, CrmRefusal, CrmGone."""
        told = {
            "first_name": lead.first_name,
            "last_name": lead.last_name,
            "phone": lead.phone,
            "email": lead.email,
            "client": lead.client_name,
            "service_type": lead.service_type,
            "reply": lead.reply_label,
            "owner": lead.owner,
        }
        self._tell(HANDED_OFF, lead, lead.prepared_at, told)
        return CrmRecord(lead.key, None, {}, {})

    def archive(self, lead: LeadForCrm, record: CrmRecord) -> None:
        """Tell that a handoff does not count any more. Raises TryAgain; CrmRefusal if the receiver wants to keep it."""
        self._tell(HANDOFF_VOIDED, lead, datetime.now(UTC), {})

    def restore(self, record: CrmRecord, properties: dict[str, dict[str, str]]) -> None:
        """Refuse: what the receiver held before is not known."""
        raise CrmRefusal("a web hook cannot restore")

    def _tell(self, kind: str, lead: LeadForCrm, at: datetime, told: Mapping[str, str]) -> None:
        ids = {"lead_id": lead.key, "handoff_id": lead.handoff_id}
        content = {"type": kind, "timestamp": at.isoformat(), "data": {**ids, **told}}
        body = json.dumps(content, separators=(",", ":")).encode()
        if len(body) >= LARGEST_BODY:
            raise CrmRefusal(f"a web hook of {len(body)} bytes is too large")
        message_id = f"msg_{hashlib.sha256(f'{kind}/{lead.handoff_id}'.encode()).hexdigest()[:32]}"
        status, headers = self._post(body, self._signed(message_id, body))
        _check(status, headers)

    def _signed(self, message_id: str, body: bytes) -> dict[str, str]:
        moment = str(int(datetime.now(UTC).timestamp()))
        signatures = [signature(key, message_id, moment, body) for key in self._keys]
        return {
            "content-type": "application/json",
            "user-agent": "ZartsAlgo-Comms",
            "webhook-id": message_id,
            "webhook-timestamp": moment,
            "webhook-signature": " ".join(signatures),
        }

    def _post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        """Make one request on a connection of its own; of the answer only status and headers are read."""
        network = GuardedNetwork(SECONDS, LARGEST_ANSWER, permits_loopback=self._permits_loopback)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._ssl_context, network_backend=network) as pool,
                pool.stream("POST", self._url, headers=list(headers.items()), content=body) as answer,
            ):
                return answer.status, {name.decode().title(): value.decode("latin-1") for name, value in answer.headers}
        except ForbiddenAddress:
            raise CrmRefusal("the web hook's address is not public") from None
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise TryAgain(f"web hook: {type(error).__name__}") from None


def signature(key: bytes, message_id: str, moment: str, body: bytes) -> str:
    """Return the symmetric signature, version 1. `moment` is in seconds since the epoch."""
    signed = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def _check(status: int, headers: Mapping[str, Any]) -> None:
    if 200 <= status < 300:
        return
    if status == 410:
        raise CrmGone("the web hook answered 410")
    if status in (408, 425, 429) or status >= 500:
        raise TryAgain(f"the web hook answered {status}", retry_after(headers))
    raise CrmRefusal(f"the web hook answered {status}")
