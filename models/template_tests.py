"""Trying a text out: exactly as it would leave, to whoever asks for it, and to nobody else."""

from datetime import timedelta
from enum import StrEnum

from models.terms import GIVEN_TO_PERSON, ROLLED_BACK, STOPPED

STEP = "test"
"""The one step of such a run."""
LASTS = timedelta(minutes=15)
"""How long a test may wait, for a pause or a provider: whoever asked has long looked elsewhere then."""
MOST_PER_HOUR = 20
"""Tests that one member of staff may ask for: each costs a message."""


class TemplateTestOutcome(StrEnum):
    """The one named end of a test."""

    SENT = "sent"
    """The provider has accepted it."""
    NOT_SENT = "not_sent"
    """It will never leave; its message says why."""
    IN_DOUBT = "in_doubt"
    """The provider may have accepted it. What became of it is looked up like that of any message."""
    STOPPED = STOPPED
    ROLLED_BACK = ROLLED_BACK
    GIVEN_TO_PERSON = GIVEN_TO_PERSON
