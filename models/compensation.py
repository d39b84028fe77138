"""Taking back: what undoes each kind of step, what a rollback would do, and what became of it.

The undo of a step is registered before the step is done, so that a step whose answer was lost is still taken back.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from models.terms import UndoState

PATIENCE = timedelta(days=3)
"""So long an undo is tried again while the other end does not answer; then a person does it."""


class UndoKind(StrEnum):
    """What a step has done outside, and so how it is taken back. Their values are stored."""

    SENT_MESSAGE = "sent_message"
    """Nothing recalls it; an approved correction can answer it. About: the message."""
    CRM_HANDOFF = "crm_handoff"
    """What is still ours in the CRM. About: the handoff."""
    PORTAL_POST = "portal_post"
    """Withdrawn. About: the post."""
    PAUSE = "pause"
    """Lifted by a person, who sees first what would leave. About: the pause."""


@dataclass(frozen=True, slots=True)
class RegisteredUndo:
    """One undo still to be done.

    `kind` is text, because a later version may have registered what this one does not know. `again`: it was begun before,
    so the other end may already have done it.
    """

    id: int
    run_id: UUID
    step: str
    kind: str
    about: str
    again: bool = False


class UndoEnd(NamedTuple):
    """What became of one undo. `reason` is a sentence of codes and ids, without personal data."""

    state: UndoState
    reason: str


class Prospect(StrEnum):
    """What a rollback would do with a step, as far as our rows tell. The other end has the last word."""

    CORRECT = "correct"
    ASK_PERSON = "ask_person"
    NOTHING = "nothing"
    ARCHIVE = "archive"
    PUT_BACK = "put_back"
    WITHDRAW = "withdraw"


IN_WORDS = {
    Prospect.CORRECT: "It has left and cannot be recalled. An approved correction can be sent.",
    Prospect.ASK_PERSON: "A person is asked to take it back by hand.",
    Prospect.NOTHING: "It did nothing outside, so nothing is to be taken back.",
    Prospect.ARCHIVE: "Taken out of use in the CRM if nobody has changed it since; else a person is asked.",
    Prospect.PUT_BACK: "Earlier values are put back in the CRM wherever ours are still there.",
    Prospect.WITHDRAW: "Withdrawn, so that the client no longer sees it.",
}
WHAT_BECAME = {
    UndoState.REGISTERED: "It is still to be taken back.",
    UndoState.UNDONE: "It was taken back.",
    UndoState.NOTHING_TO_UNDO: "There was nothing to take back.",
    UndoState.NOT_UNDOABLE: "It cannot be taken back. An approved correction can be sent.",
    UndoState.CORRECTION_SENT: "It could not be taken back; an approved correction has left.",
    UndoState.GIVEN_TO_PERSON: "A person was asked to take it back by hand.",
}


@dataclass(frozen=True, slots=True)
class PlannedUndo:
    """One step of a rollback. `prospect` is None once the undo has ended; then `state` and `reason` say how."""

    step: str
    kind: str
    about: str
    registered_at: datetime
    state: UndoState
    prospect: Prospect | None
    reason: str = ""

    @property
    def in_words(self) -> str:
        """What will happen, or what became of it."""
        return WHAT_BECAME[self.state] if self.prospect is None else IN_WORDS[self.prospect]


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """What a rollback of a run would do, newest step first. `unsent` messages would never leave."""

    run_id: UUID
    steps: tuple[PlannedUndo, ...]
    unsent: int

    @property
    def fingerprint(self) -> str:
        """What was seen (sha256, hex): other steps or other prospects have another one."""
        seen = [[one.step, one.kind, one.about, one.prospect or one.state] for one in self.steps]
        return hashlib.sha256(json.dumps([str(self.run_id), seen]).encode()).hexdigest()
