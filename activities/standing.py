"""The worker's standing duties: what is done again and again beside the activities, logged and counted."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from temporalio.common import MetricMeter

from activities.approval_notices import ApprovalReminder
from activities.auditing import Auditor
from activities.backfilling import Backfiller
from activities.handing_over import HandoffActivities
from activities.ports import Pauses, UnreviewedHolds
from activities.reconciling import Reconciler
from activities.recovering import Recovery
from activities.undoing_ports import Corrections

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


def watching_pauses(pauses: Pauses, meter: MetricMeter) -> Callable[[], None]:
    """Return one look whether a pause lifts itself or must begin."""
    changes = meter.create_counter("comms_automatic_pauses", "Pauses that began or were lifted by themselves.")

    def sweep() -> None:
        watched = pauses.sweep()
        if any(watched):
            log.warning("pauses have begun or were lifted by themselves", extra=watched._asdict())
        for change, count in watched._asdict().items():
            changes.add(count, {"change": change})

    return sweep


def handing_over_again(handoffs: HandoffActivities, meter: MetricMeter) -> Callable[[], None]:
    """Return one look for leads that the CRM could not take when their run offered them."""
    offered = meter.create_counter("comms_handoffs_offered_again", "Leads offered to the CRM again beside their runs.")

    def sweep() -> None:
        if count := handoffs.sweep():
            log.info("leads were offered to the CRM again", extra={"offered": count})
            offered.add(count)

    return sweep


def settling_corrections(corrections: Corrections, meter: MetricMeter) -> Callable[[], None]:
    """Return one look whether corrections have left."""
    settled = meter.create_counter(
        "comms_corrected_steps", "Steps of rollbacks for which an approved correction has left."
    )

    def sweep() -> None:
        if count := corrections.settle():
            log.info("corrections have left", extra={"steps": count})
            settled.add(count)

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


def letting_lapse(holds: UnreviewedHolds, meter: MetricMeter) -> Callable[[], None]:
    """Return one look for possible opt-outs that nobody has decided on in time."""
    lapsed = meter.create_counter("comms_lapsed_holds", "Possible opt-outs that became opt-outs by themselves.")

    def sweep() -> None:
        if count := holds.lapse():
            log.warning("possible opt-outs were not reviewed in time and count as opt-outs", extra={"lapsed": count})
            lapsed.add(count)

    return sweep


def reminding(reminder: ApprovalReminder, meter: MetricMeter) -> Callable[[], None]:
    """Return one look for approvals that nobody decides on."""
    nudges = meter.create_counter("comms_approval_nudges", "Approvers told, reminded, helped or overtaken.")

    def sweep() -> None:
        if count := reminder.sweep():
            log.info("approvals wait", extra={"nudges": count})
            nudges.add(count)

    return sweep


async def repeat(what: str, work: Callable[[], None], every: timedelta, meter: MetricMeter = MetricMeter.noop) -> None:
    """Do blocking work again and again, for ever.

    A round that fails, by whatever error, is logged and counted, and the next one comes all the same: these duties find out
    what became of messages and end outages, so a mistake in one of them must not end the others, nor the worker.
    """
    failed = meter.create_counter(
        "comms_failed_rounds", "Rounds of a standing duty that ended by an error nobody foresaw."
    )
    while True:
        try:
            await asyncio.to_thread(work)
        except Exception:
            log.exception("a standing duty has failed; it is tried again", extra={"duty": what})
            failed.add(1, {"duty": what})
        await asyncio.sleep(every.total_seconds())
