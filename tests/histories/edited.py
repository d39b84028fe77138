"""The outreach process after careless edits, one each."""

import asyncio
import contextlib
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.handing_over import HandoffActivities
    from activities.running import RunActivities
    from models.outreach import OutreachOrder
    from models.terms import OutreachOutcome, RunState
    from workflows import continuing
    from workflows.options import CRM, ROWS
    from workflows.outreach_sequence import OutreachSequence


class Edited(OutreachSequence):
    @workflow.init
    def __init__(self, order: OutreachOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)


@workflow.defn(name="OutreachSequence")
class Renamed(Edited):
    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _hand_over(self) -> OutreachOutcome:
        self._says(RunState.HANDING_OVER, "Handing over.")
        await workflow.execute_activity("give_to_crm", self._reference, **CRM)
        return OutreachOutcome.REPLIED


@workflow.defn(name="OutreachSequence")
class Removed(Edited):
    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _hand_over(self) -> OutreachOutcome:
        self._says(RunState.HANDING_OVER, "Handing over.")
        return OutreachOutcome.REPLIED


@workflow.defn(name="OutreachSequence")
class Added(Edited):
    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _hand_over(self) -> OutreachOutcome:
        self._says(RunState.HANDING_OVER, "Handing over.")
        await workflow.execute_local_activity_method(RunActivities.look, self._reference, **ROWS)
        await workflow.execute_activity_method(HandoffActivities.hand_to_crm, self._reference, **CRM)
        return OutreachOutcome.REPLIED


@workflow.defn(name="OutreachSequence")
class WaitsInstead(Edited):
    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _hand_over(self) -> OutreachOutcome:
        self._says(RunState.HANDING_OVER, "Handing over.")
        await workflow.wait_condition(lambda: self._situation.rolled_back)
        return OutreachOutcome.REPLIED


@workflow.defn(name="OutreachSequence")
class SleepsFirst(Edited):
    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _hand_over(self) -> OutreachOutcome:
        self._says(RunState.HANDING_OVER, "Handing over.")
        await workflow.sleep(timedelta(minutes=5), summary="a moment of thought")
        return await super()._hand_over()


@workflow.defn(name="OutreachSequence")
class WaitsLonger(Edited):
    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _news_within(self, patience: timedelta, waits_for: str) -> None:
        await super()._news_within(patience * 2, waits_for)


@workflow.defn(name="OutreachSequence")
class AsksForAnotherPatch(Edited):
    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _news_within(self, patience: timedelta, waits_for: str) -> None:
        if workflow.info().is_continue_as_new_suggested() and workflow.patched("another"):
            await workflow.sleep(continuing.SETTLING)
            workflow.continue_as_new(self._onward())
        with contextlib.suppress(asyncio.TimeoutError):
            await workflow.wait_condition(lambda: self._has_news, timeout=patience, timeout_summary=waits_for)
        await self._look()


@workflow.defn(name="OutreachSequence")
class Fails(Edited):
    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _hand_over(self) -> OutreachOutcome:
        self._says(RunState.HANDING_OVER, "Handing over.")
        raise ValueError("Ana Alvarez, +13035550142")
