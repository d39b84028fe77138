"""What may be set for one account of a source, beside whose leads it brings."""

from pydantic import Field

from models.frozen import Frozen
from models.terms import ConsentKind


class SourceOptions(Frozen):
    """Options of a source account. What a consent wording permits is decided here, never by the form that sends it."""

    short_call_seconds: int = Field(default=5, ge=0, le=60)
    """An answered call shorter than this reached nobody, only a voice mailbox; 0 switches that off."""
    wordings: dict[str, ConsentKind] = Field(default_factory=dict)
    """The kind of message that each version of a form's consent wording covers. An unknown version covers answers only."""
