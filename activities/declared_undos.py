"""Every activity says beside its definition how what it does is taken back, or that there is nothing to take back.

`undeclared` finds those that do not; a test asks it about everything that the worker offers to workflows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from models.compensation import UndoKind

Activity = TypeVar("Activity", bound=Callable[..., Any])
_DECLARED = "__undo__"
OUR_ROWS = "it reads and writes rows of ours that nobody outside sees"


@dataclass(frozen=True, slots=True)
class DeclaredUndo:
    """How a step is taken back. Without a kind there is no undo, for the reason given."""

    kind: UndoKind | None
    reason: str = ""


def undone_by(kind: UndoKind) -> Callable[[Activity], Activity]:
    """Declare that each such step has an undo of this kind, registered before it is done."""
    return _declares(DeclaredUndo(kind))


def has_no_undo(reason: str) -> Callable[[Activity], Activity]:
    """Declare that nothing is to be taken back: the step reads, or writes rows that only we see, or is itself an undo."""
    return _declares(DeclaredUndo(None, reason))


def declared(activity: Callable[..., Any]) -> DeclaredUndo | None:
    """Return what an activity declares, or None."""
    found: DeclaredUndo | None = getattr(activity, _DECLARED, None)
    return found


def undeclared(activities: Iterable[Callable[..., Any]]) -> list[str]:
    """Return the names of activities that declare nothing."""
    return [activity.__qualname__ for activity in activities if declared(activity) is None]


def _declares(declaration: DeclaredUndo) -> Callable[[Activity], Activity]:
    def declares(activity: Activity) -> Activity:
        setattr(activity, _DECLARED, declaration)
        return activity

    return declares
