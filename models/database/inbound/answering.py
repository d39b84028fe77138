"""Asking a person to answer a reply. Automation never does."""

from sqlmodel import Session

from models.database import events
from models.database.events import Origin, Subject, TaskOrder
from models.replies import ReplyEffect, ReplyLabel, effect

ANSWER_TASK = "answer_reply"
_ANSWER = "The lead has replied. Answer."
_ANSWER_CLIENT = "A person at the client has replied. Answer."
_ANSWER_LATE = "A reply came after the sequence had ended. Answer it."


def ask_to_answer(session: Session, label: ReplyLabel, about: Subject, origin: Origin, *, late: bool) -> None:
    """Put a reply that ended the automation on its owner's list, unless it is there; nobody answers an opt-out.

    `late`: the sequence had ended without it.
    """
    if effect(label) is not ReplyEffect.OPTS_OUT:
        instruction = _ANSWER_CLIENT if about.lead_id is None else _ANSWER_LATE if late else _ANSWER
        order = TaskOrder(ANSWER_TASK, str(about.run_id or about.lead_id), instruction, {"label": label})
        events.open_task(session, order, about, origin)
