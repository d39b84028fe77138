"""What the gate is set to: for the ledger that claims, and for whoever judges a message without sending it."""

from datetime import timedelta
from typing import Literal

from models.database.sending.facts import Rules
from models.database.sending.rules_in_force import RulesInForce


def gate_rules(quiet_hours: Literal["enforced", "always_open"], inbound_silence: timedelta, epoch: int) -> Rules:
    """Return the rules with which the worker's ledger claims, if it has the same settings."""
    return Rules(RulesInForce(quiet_hours), inbound_silence, epoch)
