"""Every table, imported once so that `SQLModel.metadata` is complete for migrations."""

from sqlmodel import SQLModel

from models.database.tables import (  # noqa: F401
    approvals,
    consent,
    continuity,
    copywriting,
    handoffs,
    inbound,
    leads,
    ledger,
    pauses,
    people,
    portal,
    records,
    recovery,
    runs,
    sending_rules,
    undos,
)

metadata = SQLModel.metadata
