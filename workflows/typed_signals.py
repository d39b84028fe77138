"""Signals that a machine sends as a nudge or that a person types in the Temporal UI.

A nudge carries nothing: it says "look at the rows again". What a person types has no authority either; it is queued here
and an activity turns it into a row, or records that it could not be one. Every handler takes any arguments at all.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from temporalio import workflow
from temporalio.common import RawValue

from models.outreach import SignalClaim
from models.terms import Control, DecisionKind
from models.unreadable import Unreadable


class TypedSignals:
    """The signal handlers of a run."""

    _run_id: UUID
    _typed: list[SignalClaim]
    _has_begun: bool
    _has_news: bool
    _decisions_typed: int = 0

    @workflow.signal(description="Look at the rows again. Carries nothing and can do no harm.")
    def nudge(self, *args: Any) -> None:
        """Look again."""
        self._has_news = True

    @workflow.signal(
        description='Approve the wording. Input: your single-use code, such as "7KQ2M4XNP9RT"; none if you are signed in here.'
    )
    def approve(self, *args: Any) -> None:
        """Queue an approval."""
        self._queue_decision("approve", DecisionKind.APPROVE, args)

    @workflow.signal(
        description='Reject the wording. Input: your single-use code, such as "7KQ2M4XNP9RT"; none if you are signed in here.'
    )
    def reject(self, *args: Any) -> None:
        """Queue a rejection."""
        self._queue_decision("reject", DecisionKind.REJECT, args)

    @workflow.signal(description="Hold this run: nothing more is sent until `resume`. No input.")
    def pause(self, *args: Any) -> None:
        """Queue a pause."""
        self._queue_control(Control.PAUSE, args)

    @workflow.signal(description="Go on after `pause`; every check is made again. No input.")
    def resume(self, *args: Any) -> None:
        """Queue a resume."""
        self._queue_control(Control.RESUME, args)

    @workflow.signal(description="End this run; nothing more is sent. No input.")
    def stop(self, *args: Any) -> None:
        """Queue a stop."""
        self._queue_control(Control.STOP, args)

    @workflow.signal(description="End this run and take back what can be taken back. No input.")
    def roll_back(self, *args: Any) -> None:
        """Queue a rollback."""
        self._queue_control(Control.ROLL_BACK, args)

    @workflow.signal(dynamic=True, description="Any other name is recorded as a mistake and changes nothing.")
    def misspelt(self, name: str, args: Sequence[RawValue]) -> None:
        """Queue a signal that nobody knows, to be recorded. Its name is not kept: somebody may have typed a code there."""
        typed = (name, *(_plain(arg) for arg in args))
        self._queue("unknown", _texts(typed), problem="there is no signal of this name")

    def _queue_decision(self, signal: str, decision: DecisionKind, args: tuple[Any, ...]) -> None:
        self._decisions_typed += 1
        shown = _texts(args)
        is_nothing = all(not arg for arg in args) and len(args) < 2
        is_code = len(args) == 1 and len(shown) == 1 and not isinstance(args[0], Unreadable)
        problem = None if is_code or is_nothing else "its one input must be the code as a text"
        self._queue(signal, shown, decision=decision, problem=problem, nth=self._decisions_typed)

    def _queue_control(self, control: Control, args: tuple[Any, ...]) -> None:
        # A person who presses "send" with an empty input box sends no argument, null or an empty text.
        problem = None if all(not arg for arg in args) and len(args) < 2 else "it takes no input"
        self._queue(control.value, _texts(args), control=control, problem=problem)

    def _queue(self, signal: str, shown: tuple[str, ...], **claim: Any) -> None:
        info = workflow.info()
        again = info.run_id != info.original_execution_run_id and not self._has_begun
        self._typed.append(SignalClaim(run_id=self._run_id, signal=signal, shown=shown, again=again, **claim))
        self._has_news = True


def _texts(args: Sequence[Any]) -> tuple[str, ...]:
    """Return every text in what was typed: each may be a code, and a code that was shown must be spent."""
    found: list[str] = []
    for arg in args:
        arg = arg.decode(errors="replace") if isinstance(arg, Unreadable) else arg
        inner = arg.values() if isinstance(arg, dict) else arg if isinstance(arg, list) else (arg,)
        found += [text.strip()[:64] for text in inner if isinstance(text, str) and text.strip()]
    return tuple(found[:10])


def _plain(arg: RawValue) -> Any:
    return workflow.payload_converter().from_payload(arg.payload)
