"""A lead on its way to the CRM and back. Holds personal data; never leaves the worker's memory."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

HANDOFF_STEP = "handoff"
"""The step under which the undo of a handoff is registered."""


@dataclass(frozen=True, slots=True)
class LeadForCrm:
    """What the CRM gets. `key` is our own unique property there; repeating the upsert changes nothing more."""

    key: str
    first_name: str
    last_name: str
    phone: str
    email: str
    client_name: str
    service_type: str
    reply_label: str
    owner: str


@dataclass(frozen=True, slots=True)
class PreparedHandoff:
    """A handoff whose undo is registered. `snapshot` is what an earlier call found there, if it got that far."""

    handoff_id: UUID
    lead: LeadForCrm
    state: str
    snapshot: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RegisteredUndo:
    """One undo still to be done. `step` is `handoff` or `send:<message id>`."""

    id: int
    run_id: UUID
    step: str

    @property
    def message_id(self) -> UUID:
        """The message of a `send:` step."""
        return UUID(self.step.removeprefix("send:"))


@dataclass(frozen=True, slots=True)
class CrmRecord:
    """A contact and its deal as the CRM holds them. `contact` and `deal` are the properties that we write."""

    contact_id: str
    deal_id: str | None
    contact: dict[str, str]
    deal: dict[str, str]
