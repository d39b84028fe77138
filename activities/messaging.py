"""Sending one message: claim, call, record, in this order."""

from collections.abc import Callable, Mapping

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.declared_undos import undone_by
from activities.ports import Channel, Ledger
from models.compensation import UndoKind
from models.failpoints import failpoint
from models.provider_answers import Answer, AnswerKind, no_connection
from models.sending import Claimed, SendResult, SendStep
from models.terms import Channel as ChannelName

MAY_BE_CLAIMED_AGAIN = {AnswerKind.NEVER_SENT, AnswerKind.TRY_LATER, AnswerKind.PROVIDER_SETUP}
"""Definite refusals after which the gate decides anew: sent, or held because the refusal has paused the channel."""


class MessagingActivities:
    """The only way to a provider.

    Args:
        ledger: decides and remembers.
        channels: how each channel sends.
        first: what is done before the claim, and may fail in no way.
    """

    def __init__(
        self, ledger: Ledger, channels: Mapping[ChannelName, Channel], first: Callable[[SendStep], None] | None = None
    ) -> None:
        self._ledger = ledger
        self._channels = channels
        self._first = first

    @activity.defn
    @undone_by(UndoKind.SENT_MESSAGE)
    def send(self, step: SendStep) -> SendResult:
        """Send one planned message if every gate is open. Safe to repeat: a second call finds the first one's claim.

        An unknown outcome is a value, never an error, because an error would be retried.

        Raises:
            TryAgain: the provider was not reached or asked to come back later, or the database did not answer.
            UnknownRecord: no such message was planned.
        """
        info = activity.info()
        return self.deliver(step, info.workflow_run_id or "", info.attempt)

    def deliver(self, step: SendStep, workflow_run_id: str, attempt: int) -> SendResult:
        """Send as `send` does, for whoever is no activity. Raises the same errors."""
        failpoint("C1")
        if self._first is not None:
            self._first(step)
        claimed = self._ledger.claim(step, workflow_run_id, attempt)
        if not isinstance(claimed, Claimed):
            return claimed
        failpoint("C3")
        if self._ledger.may_still_leave(claimed):
            answer = self._channels[claimed.envelope.channel].send(claimed.envelope)
        else:
            answer = no_connection("last_look")
        failpoint("C6")
        result = self._ledger.record(claimed, answer)
        failpoint("C8")
        if answer.kind in MAY_BE_CLAIMED_AGAIN:
            raise _try_again(answer)
        return result


def _try_again(answer: Answer) -> ApplicationError:
    return ApplicationError(
        answer.code or answer.reason or answer.kind.value, type="TryAgain", next_retry_delay=answer.retry_after
    )
