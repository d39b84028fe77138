"""The worker's standing duties: what is done again and again beside the activities, logged and counted."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from temporalio.common import MetricMeter

from activities.auditing import Auditor
from activities.backfilling import Backfiller
from activities.handing_over import HandoffActivities
from activities.reconciling import Reconciler
from activities.recovering import Recovery

log = logging.getLogger("worker")


def sweeping(reconciler: Reconciler, meter: MetricMeter) -> Callable[[], None]:
    """Return one sweep of the reconciler. Nothing it does depends on the one before."""
    results = meter.create_counter("comms_sweep_results", "What the reconciler has found out.")

    def sweep() -> None:
        swept = reconciler.sweep()
        if any(swept):
            log.info("swept", extra=swept._asdict())
        for result, count in swept._asdict().items():
            results.add(count, {"result": result})

    return sweep


def backfilling(backfiller: Backfiller, meter: MetricMeter) -> Callable[[], None]:
    """Return one look at the list of received texts."""
    found = meter.create_counter("comms_backfilled_texts", "Received texts that no web hook had brought.")

    def sweep() -> None:
        if count := backfiller.sweep():
            log.warning("texts came in that no web hook had brought", extra={"found": count})
            found.add(count)

    return sweep


def recovering(recovery: Recovery) -> Callable[[], None]:
    """Return one look whether the ledger is whole and whether a reconciliation was asked for."""

    def sweep() -> None:
        if recovery.sweep():
            log.info("a reconciliation has finished")

    return sweep


def handing_over_again(handoffs: HandoffActivities, meter: MetricMeter) -> Callable[[], None]:
    """Return one look for leads that the CRM could not take when their run offered them."""
    offered = meter.create_counter("comms_handoffs_offered_again", "Leads offered to the CRM again beside their runs.")

    def sweep() -> None:
        if count := handoffs.sweep():
            log.info("leads were offered to the CRM again", extra={"offered": count})
            offered.add(count)

    return sweep


def auditing(auditor: Auditor, meter: MetricMeter) -> Callable[[], None]:
    """Return one look whether an audit was asked for or is due."""
    violations = meter.create_gauge("comms_audit_violations", "What the newest audit has found broken, by invariant.")

    def sweep() -> None:
        report = auditor.sweep()
        if report is None:
            return
        for finding in report.findings:
            violations.set(finding.bad, {"invariant": finding.invariant})
        if report.is_clean:
            log.info("an audit has found every promise kept")
        else:
            broken = {finding.invariant: finding.bad for finding in report.findings if finding.bad}
            log.error("an audit has found promises broken", extra={"broken": broken})

    return sweep


async def repeat(what: str, work: Callable[[], None], every: timedelta) -> None:
    """Do blocking work again and again, for ever. A round that fails is logged, and the next one comes all the same."""
    while True:
        try:
            await asyncio.to_thread(work)
        except Exception:
            log.exception("%s failed", what)
        await asyncio.sleep(every.total_seconds())
