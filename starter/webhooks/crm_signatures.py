"""Whether a web hook really comes from the CRM. Every comparison takes a time that tells nothing."""

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request

from models.crm_settings import CrmProvider
from models.outcomes import salesforce
from models.outcomes.told import UnusableOutcome
from models.settings import Settings
from starter.webhooks import standard_webhooks
from starter.webhooks.signatures import Forged

TOLERANCE = timedelta(minutes=5)
"""HubSpot: older requests are to be refused.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
"""


def hubspot_signature(secret: str, address: str, raw: bytes, moment: str) -> str:
    """Return the signature, version 3, of a POST. `moment` is in milliseconds since the epoch, as the header has it."""
    signed = f"POST{address}".encode() + raw + moment.encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def check_hubspot(settings: Settings, request: Request, raw: bytes) -> None:
    """Raise Forged unless HubSpot has signed this very request within five minutes, with a secret of ours."""
    secrets = _secrets(settings, CrmProvider.HUBSPOT)
    moment = request.headers.get("x-hubspot-request-timestamp", "")
    given = request.headers.get("x-hubspot-signature-v3", "")
    if not given or not moment.isascii() or not moment.isdigit() or len(moment) > 15:
        raise Forged("no_signature")
    if abs(time.time() - int(moment) / 1000) > TOLERANCE.total_seconds():
        raise Forged("too_old")
    address = f"{settings.public_base_url}{request.url.path}"  # of our own settings: a sender chooses `Host`
    if not any(_same(given, hubspot_signature(secret, address, raw, moment)) for secret in secrets):
        raise Forged("bad_signature")


def check_salesforce(settings: Settings, shown: str, raw: bytes) -> None:
    """Raise Forged unless the address holds a secret of ours and the message comes from the organisation that is set."""
    if not any(_same(shown, secret) for secret in _secrets(settings, CrmProvider.SALESFORCE)):
        raise Forged("wrong_address")
    try:
        sender = salesforce.organisation(raw)
    except UnusableOutcome:
        return  # whoever knows the address may send what cannot be read; it is kept for a person
    if not _same(sender, settings.crm.organisation_id[: salesforce.ORGANISATION_CHARACTERS]):
        raise Forged("other_organisation")


def check_web_hook(settings: Settings, request: Request, raw: bytes) -> str:
    """Return the id of a signed web hook. Raises Forged."""
    secrets = _secrets(settings, CrmProvider.WEB_HOOK)
    if not any(standard_webhooks.is_signed(request.headers, raw, secret) for secret in secrets):
        raise Forged("bad_signature")
    return request.headers["webhook-id"]


def _secrets(settings: Settings, provider: CrmProvider) -> Sequence[str]:
    if settings.crm.provider is not provider:
        raise Forged("another_crm")
    return [secret.get_secret_value() for secret in settings.crm.inbound_secrets if secret.get_secret_value()]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
