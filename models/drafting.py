"""What a drafter is given and what it gives back. Material and text are rows; what travels holds ids and codes."""

import hashlib
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from models.digests.figures import Figure
from models.frozen import Frozen
from models.wording.slots import Slot, without_slots

MAX_SUBJECT = 200
MAX_BODY = 8_000
LONGEST_BODY = 12_000
"""Of a text with its slots filled."""


class DraftSource(StrEnum):
    """Who wrote a revision. Stored, so the values never change meaning."""

    DETERMINISTIC = "deterministic"
    MODEL = "model"
    PERSON = "person"


class DraftState(StrEnum):
    """How far a draft is. Nothing leaves or is published from one that is not reviewed."""

    ORDERED = "ordered"
    INTERNAL = "internal"
    REVIEWED = "reviewed"


class Written(Frozen):
    """A text with its slots still open, as `{{ name }}`."""

    subject: str = Field("", max_length=MAX_SUBJECT)
    body: str = Field(min_length=1, max_length=MAX_BODY)


class Material(Frozen):
    """What a drafter writes from: a plain text that can stand as it is, and the slots it and any other wording may use."""

    brief: str
    """What the text is for and how it should sound; ours, not a client's."""
    plain: Written
    slots: dict[str, Slot]
    figures: tuple[Figure, ...] = ()
    """Shown beside the text, whoever words it."""
    longest_subject: int = MAX_SUBJECT
    longest_body: int = LONGEST_BODY
    """Both in characters, with the slots filled."""

    @property
    def hash(self) -> str:
        """What tells this material from any other (sha256, hex)."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def is_open(self) -> bool:
        """Whether there is anything to word: a text of slots alone stands as it is."""
        return any(letter.isalpha() for part in (self.plain.subject, self.plain.body) for letter in without_slots(part))


class DraftOrder(Frozen):
    """Asks for the text of one draft."""

    draft_id: UUID


class Drafted(Frozen):
    """A draft has a text now. It is internal until somebody has reviewed it."""

    draft_id: UUID
    content_hash: str
    source: DraftSource
    note: str = ""
    """Why the plain text was taken although a model is set up; empty if it was not."""
