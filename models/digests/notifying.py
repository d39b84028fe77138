"""Telling people at a client that a report is there. Holds personal data and stays in the worker's memory."""

from uuid import UUID

from models.copywriting import TemplateVersion
from models.enrollment import Recipient
from models.frozen import Frozen

READY, REMINDER = "report_digest/ready", "report_digest/reminder"
"""Keys of the two texts."""

ReportTemplate = TemplateVersion


class ContactNotice(Frozen):
    """One person who is told of one report."""

    contact_id: UUID
    recipient: Recipient
    fields: dict[str, str]
    """What the text may use; `portal_link` is theirs alone."""


def step_of(key: str, contact_id: UUID) -> str:
    """Return the step under which a message to one person is entered: each has their own in a run."""
    return f"{key.rpartition('/')[2]}:{contact_id}"
