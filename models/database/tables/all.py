"""Every table, imported once so that `SQLModel.metadata` is complete for migrations."""

from sqlmodel import SQLModel

from models.database.tables import (  # noqa: F401
    approvals,
    consent,
    continuity,
    copywriting,
    drafts,
    handoffs,
    inbound,
    incidents,
    leads,
    ledger,
    line_types,
    outcomes,
    pauses,
    people,
    portal,
    records,
    recovery,
    reports,
    review_requests,
    runs,
    sending_rules,
    undos,
    wording,
)

metadata = SQLModel.metadata
