"""Parts that a stack has on demand, such as another CRM or a model that words drafts, with the settings that choose them."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from deploy.local import commands
from deploy.local.environment import LOCAL_CLIENT, url
from deploy.local.parts import Part
from deploy.local.players.salesforce_outbound import ORGANISATION
from deploy.local.readiness import said_so
from deploy.local.secrets import LocalSecrets

Ports = Mapping[str, int]


class NotTogether(ValueError):
    """Two extras that would take each other's place. The message names them."""


@dataclass(frozen=True)
class Extra:
    """A part, what it is good for, and the settings (`COMMS_…`) by which the service uses it."""

    part: Part
    purpose: str
    settings: Callable[[Ports, LocalSecrets], Mapping[str, str]]
    is_crm: bool = False

    @property
    def name(self) -> str:
        """By which it is asked for; that of its part, and of its port."""
        return self.part.name


def settings_of(extras: Collection[Extra], ports: Ports, known: LocalSecrets) -> dict[str, str]:
    """Return the settings that choose these extras. Raises NotTogether for two CRMs."""
    crms = [extra.name for extra in extras if extra.is_crm]
    if len(crms) > 1:
        raise NotTogether(f"there is one CRM at a time, so either {' or '.join(crms)}")
    return {name: value for extra in extras for name, value in extra.settings(ports, known).items()}


def _salesforce(ports: Ports, known: LocalSecrets) -> Mapping[str, str]:
    return {
        "COMMS_CRM__PROVIDER": "salesforce",
        "COMMS_CRM__BASE_URL": url(ports["salesforce"]),
        "COMMS_CRM__CLIENT_ID": LOCAL_CLIENT,
        "COMMS_CRM__CLIENT_SECRET": known.crm_token,
        "COMMS_CRM__ORGANISATION_ID": ORGANISATION,
    }


def _web_hook(ports: Ports, known: LocalSecrets) -> Mapping[str, str]:
    secrets = json.dumps([known.web_hook_secret])
    return {
        "COMMS_CRM__PROVIDER": "web_hook",
        "COMMS_CRM__BASE_URL": f"{url(ports['web_hook'])}/leads",
        "COMMS_CRM__SIGNING_SECRETS": secrets,
        "COMMS_CRM__INBOUND_SECRETS": secrets,
        "COMMS_CRM__PERMITS_LOOPBACK": "true",
    }


def _openai(ports: Ports, known: LocalSecrets) -> Mapping[str, str]:
    return {
        "COMMS_DRAFTER__MODEL": "stand-in",
        "COMMS_DRAFTER__BASE_URL": f"{url(ports['openai'])}/v1/",
        "COMMS_DRAFTER__API_KEY": known.model_key,
    }


def _identity(ports: Ports, known: LocalSecrets) -> Mapping[str, str]:
    return {
        "COMMS_SIGN_IN__ISSUER": url(ports["identity"]),
        "COMMS_SIGN_IN__CLIENT_ID": LOCAL_CLIENT,
        "COMMS_SIGN_IN__CLIENT_SECRET": known.identity_secret,
    }


EXTRAS = {
    extra.name: extra
    for extra in (
        Extra(
            Part("salesforce", "Salesforce stand-in", commands.salesforce, said_so),
            "the CRM is Salesforce",
            _salesforce,
            is_crm=True,
        ),
        Extra(
            Part("web_hook", "Receiver of the CRM's web hook", commands.web_hook, said_so),
            "the CRM is told by signed web hook",
            _web_hook,
            is_crm=True,
        ),
        Extra(
            Part("openai", "Model stand-in", commands.openai, said_so),
            "a model words drafts",
            _openai,
        ),
        Extra(
            Part("identity", "Identity provider stand-in", commands.identity, said_so),
            "staff may sign in at an identity provider",
            _identity,
        ),
    )
}
"""By name."""
