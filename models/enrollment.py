"""What is needed to plan a run, and the plan's messages. Both hold personal data and never leave the worker's memory."""

from datetime import timedelta
from uuid import UUID

from models.copywriting import SequenceVersion, TemplateVersion
from models.frozen import Frozen
from models.terms import Channel, ConsentKind


class Recipient(Frozen):
    """One way to reach the lead. `hash` is `models.addresses.address_hash`; zones and places as in `models.zones`."""

    address: str
    hash: str
    time_zones: tuple[str, ...]
    places: tuple[str, ...] = ()


class Enrollment(Frozen):
    """One lead in one sequence: all that the copy and the plan are made of."""

    run_id: UUID
    client_id: UUID
    sequence: SequenceVersion
    approver_wants_email: bool
    templates: tuple[TemplateVersion, ...]
    fields: dict[str, str]
    """What templates may use: `first_name`, `client_name`, `service_type`, …; plain strings, possibly empty."""
    recipients: dict[Channel, Recipient]

    def template(self, key: str, version: int) -> TemplateVersion | None:
        """Return the template version a step names, or None."""
        return next((t for t in self.templates if (t.key, t.version) == (key, version)), None)


class DraftMessage(Frozen):
    """One rendered message, ready to be stored in the ledger."""

    step: str
    position: int
    channel: Channel
    recipient: Recipient
    consent_needed: ConsentKind
    immediate: bool
    subject: str
    body: str
    content_hash: str
    approved_hash: str
    lifetime: timedelta
