"""Which CRM leads are handed to, and what its provider needs. What cannot work is refused at start."""

import base64
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, model_validator

from models.outcomes.hubspot import Stages

HUBSPOT_URL = "https://api.hubapi.com"
SECRET_PREFIX = "whsec_"
MOST_SECRETS = 2
"""The new one and, until every receiver knows it, the old one."""


SHORTEST_ADDRESS = 22
"""Characters of a secret in an address: 128 random bits in URL-safe base64."""


class CrmProvider(StrEnum):
    """Where leads go."""

    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"
    WEB_HOOK = "web_hook"
    NONE = "none"
    """Nowhere: a person enters every lead."""


class CrmSettings(BaseModel):
    """The CRM. HubSpot without a token leaves handoffs to a person, as `none` does."""

    provider: CrmProvider = CrmProvider.HUBSPOT
    base_url: str = HUBSPOT_URL
    """Of HubSpot; of the Salesforce organisation ("My Domain"); or the whole address of the web hook."""
    request_timeout: timedelta = timedelta(seconds=10)
    """Of one request; a web hook has five seconds in all."""
    token: SecretStr = SecretStr("")
    """HubSpot: of a private app."""
    client_id: str = ""
    """Salesforce: of a connected app with the client-credentials flow."""
    client_secret: SecretStr = SecretStr("")
    api_version: Annotated[str, Field(pattern=r"^v\d+\.0$")] = "v62.0"
    """Salesforce."""
    signing_secrets: Annotated[list[SecretStr], Field(max_length=MOST_SECRETS)] = Field(default_factory=list)
    """Web hook: `whsec_` and base64 of 24 to 64 bytes; during a rotation the new one and the old one."""
    inbound_secrets: Annotated[list[SecretStr], Field(max_length=MOST_SECRETS)] = Field(default_factory=list)
    """By which the CRM shows that a web hook is its own: HubSpot, the app's client secret; Salesforce, the last part of the
    address; web hook, `whsec_` and base64. During a rotation the new one and the old one. Empty: it tells us nothing."""
    organisation_id: str = ""
    """Salesforce: of the organisation whose outbound messages are taken, 15 or 18 characters."""
    won_stages: frozenset[str] = frozenset({"closedwon"})
    """HubSpot: the ids of the deal stages that mean a booking; every pipeline has its own."""
    lost_stages: frozenset[str] = frozenset({"closedlost"})
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    """Of amounts that name none (ISO 4217)."""
    permits_loopback: bool = False
    """Web hook: allow plain HTTP to this very machine, for local stacks. Production refuses it."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        match self.provider:
            case CrmProvider.SALESFORCE:
                self._needs_own_address()
                self._check_outbound_messages()
                if not (self.client_id and self.client_secret.get_secret_value()):
                    raise ValueError("crm.provider=salesforce needs crm.client_id and crm.client_secret")
            case CrmProvider.WEB_HOOK:
                self._needs_own_address()
                self._check_web_hook()
        return self

    def _needs_own_address(self) -> None:
        if self.base_url == HUBSPOT_URL:
            raise ValueError(f"crm.provider={self.provider} needs crm.base_url")

    def _check_web_hook(self) -> None:
        if not self.signing_secrets:
            raise ValueError("crm.provider=web_hook needs crm.signing_secrets")
        for secret in (*self.signing_secrets, *self.inbound_secrets):
            _key(secret.get_secret_value())
        address = urlsplit(self.base_url)
        if not address.hostname or address.username is not None or address.fragment:
            raise ValueError("crm.base_url must be an address with a host, and without user or fragment")
        is_usual = address.scheme == "https" and address.port in (None, 443)
        if not is_usual and not self.permits_loopback:
            raise ValueError("crm.base_url of a web hook must be https on port 443")
        if address.scheme not in ("https", "http"):
            raise ValueError("crm.base_url of a web hook must be https")

    def _check_outbound_messages(self) -> None:
        if any(len(secret.get_secret_value()) < SHORTEST_ADDRESS for secret in self.inbound_secrets):
            raise ValueError(f"crm.inbound_secrets must each have {SHORTEST_ADDRESS} characters or more")
        if self.inbound_secrets and len(self.organisation_id) not in (15, 18):
            raise ValueError("crm.inbound_secrets of Salesforce need crm.organisation_id, 15 or 18 characters")

    @property
    def stages(self) -> Stages:
        """What the stages of deals mean."""
        return Stages(self.won_stages, self.lost_stages, self.currency)

    def signing_keys(self) -> list[bytes]:
        """Return the raw keys that sign web hooks. Raises ValueError if one of the secrets is none."""
        return [_key(secret.get_secret_value()) for secret in self.signing_secrets]


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not (secret.startswith(SECRET_PREFIX) and 24 <= len(key) <= 64):
        raise ValueError(
            "crm.signing_secrets and crm.inbound_secrets must each be whsec_ and base64 of 24 to 64 bytes"
        ) from None
    return key
