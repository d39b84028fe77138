"""A lead as the CRM gets it."""

from datetime import UTC, datetime
from uuid import uuid4

from models.handoff import LeadForCrm


def a_lead(description: str = "Drain cleaning") -> LeadForCrm:
    key = str(uuid4())
    return LeadForCrm(
        key=key,
        handoff_id=str(uuid4()),
        prepared_at=datetime(2026, 11, 21, 12, tzinfo=UTC),
        first_name="Lea",
        last_name="Mills",
        phone="+13035550123",
        email=f"{key}@example.com",
        client_name="Acme Plumbing",
        service_type=description,
        reply_label="affirmative",
        owner="sam",
    )
