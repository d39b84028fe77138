"""What the gate is set to, for judging a message without sending it."""

from datetime import timedelta
from typing import Literal

from models.database.sending.claims import Rules
from models.sending_hours import SendingHours


def gate_rules(quiet_hours: Literal["enforced", "always_open"], inbound_silence: timedelta, epoch: int) -> Rules:
    """Return the rules with which the worker's ledger claims, if it has the same settings."""
    return Rules(SendingHours(quiet_hours), inbound_silence, epoch)
