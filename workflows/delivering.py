"""Sending one message: asked for until it was sent, will never be, the run has ended, or a person takes too long.

Nothing is ever repeated blindly: the ledger decides each time, and every check is made again.
"""

from abc import ABC
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.messaging import MessagingActivities
    from models.outreach import Situation
    from models.reasons import WHY_HELD
    from models.sending import Held, InDoubt, SendResult, SendStep, SendTerms
    from models.terms import RunState
    from workflows.options import sending

from workflows.continuing import LongRun

LOOK_AGAIN = timedelta(hours=1)
"""A held message is asked for again after this time even if no nudge arrives."""
LOOKED_UP = "The provider is being asked; if that does not tell, a person decides. It is never sent again blindly."


class DeliveringRun(LongRun, ABC):
    """A run that sends messages."""

    async def _settled(self, order: SendStep, terms: SendTerms) -> SendResult | None:
        """Ask for one message until it is settled. Returns None if the run has ended meanwhile."""
        result = await self._send(order, terms)
        while isinstance(result, Held | InDoubt) and not self._ended(self._situation):
            if isinstance(result, Held):
                self._says(RunState.HELD, _held(order, result), blocked_by=result.reason)
                wait = max(result.until - workflow.now(), timedelta(seconds=1)) if result.until else LOOK_AGAIN
                await self._news_within(wait, f"held: {result.reason}")
            else:
                self._says(RunState.AWAITING_PERSON, f"Step {order.step} may or may not have left. {LOOKED_UP}")
                await self._look()
                known = lambda now: self._ended(now) or now.is_settled(order)  # noqa: E731
                evidence = f"evidence of message {order.occurrence}"
                if not await self._until(known, terms.patience_with_person, evidence):
                    return result
            if not self._ended(self._situation):
                result = await self._send(order, terms)
        return result

    async def _send(self, order: SendStep, terms: SendTerms) -> SendResult | None:
        """Ask once. News that comes meanwhile is read at once: what ends the run does not wait for a slow provider."""
        options = sending(terms.send_timeout, terms.retry_interval)
        call = workflow.start_activity_method(MessagingActivities.send, order, summary=order.step, **options)
        looked = False
        while True:
            await workflow.wait_condition(lambda: call.done() or self._has_news)
            if call.done():
                self._has_news = self._has_news or looked  # what was read may be older than the result
                return await call
            await self._look()
            looked = True
            if self._ended(self._situation):
                call.cancel()  # of the retries: a call that is under way goes on, and the ledger hears of it
                return None

    def _ended(self, now: Situation) -> bool:
        """Return whether something ends the run, so that nothing more is to be sent."""
        return now.ended_by is not None


def _held(order: SendStep, held: Held) -> str:
    when = f"until {held.until:%d %b %H:%M} UTC" if held.until else "until that has changed"
    return f"Step {order.step} is held {when}: {WHY_HELD[held.reason]}. Every check is made again before it leaves."
