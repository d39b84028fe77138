"""How pauses are resumed."""

from models.database.permission.previews import Policy
from models.database.sending.gate_rules import gate_rules
from models.settings import Settings


def resume_policy(settings: Settings) -> Policy:
    """Return how pauses are resumed."""
    rules = gate_rules(settings.quiet_hours, settings.timers.inbound_silence, settings.database.epoch)
    return Policy(rules, settings.pauses.drain_per_second, settings.pauses.preview)
