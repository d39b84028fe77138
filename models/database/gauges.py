"""What stands open, as numbers. Read now and then for the metrics."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Engine, text
from temporalio.common import MetricMeter

from models.database.engine import transaction
from models.database.leads import answer_times

_READ = text(
    """
    SELECT (SELECT count(*) FROM message WHERE state = 'unknown') AS doubts,
           (SELECT count(*) FROM message WHERE state = 'escalated') AS escalated,
           (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(next_check_at)), 0)::float FROM message
               WHERE next_check_at <= clock_timestamp()) AS oldest_check,
           (SELECT count(*) FROM owner_task WHERE closed_at IS NULL) AS tasks,
           (SELECT count(*) FROM inbound_gap WHERE closed_at IS NULL) AS gaps,
           (SELECT count(*) FROM ledger_epoch WHERE held_since IS NOT NULL) AS ledgers_held,
           (SELECT count(*) FROM inbox WHERE state = 'waiting') AS waiting,
           (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float FROM inbox
               WHERE state = 'waiting') AS oldest_waiting,
           count(outbox.run_id) AS untold,
           coalesce(extract(epoch FROM clock_timestamp() - min(run.requested_at)
               FILTER (WHERE outbox.purpose = 'start')), 0)::float AS oldest_start
    FROM outbox JOIN run ON run.id = outbox.run_id
    """
)


class Standing(NamedTuple):
    """What stands open now."""

    doubts: int
    """Messages whose outcome is looked up."""
    escalated: int
    """Messages whose outcome a person finds out."""
    oldest_check: float
    """Seconds the oldest look-up is late."""
    tasks: int
    """Open tasks of people."""
    gaps: int
    """Outages of the web hooks that are not made up for; they hold everything that goes to contacts."""
    ledgers_held: int
    """1 while the ledger waits to be compared with the providers, which holds that too."""
    waiting: int
    """What came in whose effect is to come, or whose run has not read it."""
    oldest_waiting: float
    """Seconds the oldest of it waits."""
    untold: int
    """Runs Temporal must hear of."""
    oldest_start: float
    """Seconds the oldest of them that has not started waits."""


def standing(engine: Engine) -> Standing:
    """Read how things stand."""
    with transaction(engine) as session:
        return Standing(*session.execute(_READ).one())


def gauges(engine: Engine, meter: MetricMeter) -> Callable[[], None]:
    """Return what reads the numbers and shows them."""
    in_doubt = meter.create_gauge("comms_messages_in_doubt", "Messages whose outcome is unknown, by who finds out.")
    oldest_check = meter.create_gauge_float("comms_oldest_due_check_seconds", "How late the oldest look-up is.")
    tasks = meter.create_gauge("comms_open_tasks", "Tasks that wait for a person.")
    gaps = meter.create_gauge("comms_inbound_gaps", "Outages of the web hooks that hold sending to contacts.")
    ledgers_held = meter.create_gauge("comms_ledger_held", "1 while the ledger is held after a restore.")
    waiting = meter.create_gauge("comms_inbox_waiting", "What came in and has not taken effect or not been read.")
    oldest_waiting = meter.create_gauge_float("comms_inbox_oldest_waiting_seconds", "How long the oldest of it waits.")
    untold = meter.create_gauge("comms_outbox_rows", "Runs that Temporal must hear of.")
    oldest = meter.create_gauge_float("comms_outbox_oldest_start_seconds", "How long the oldest unstarted run waits.")

    answers = meter.create_gauge("comms_missed_calls", "Missed calls of 24 hours, by how their answer kept its target.")

    def show() -> None:
        now = standing(engine)
        in_doubt.set(now.doubts, {"by": "reconciler"})
        in_doubt.set(now.escalated, {"by": "person"})
        oldest_check.set(now.oldest_check)
        tasks.set(now.tasks)
        gaps.set(now.gaps)
        ledgers_held.set(now.ledgers_held)
        waiting.set(now.waiting)
        oldest_waiting.set(now.oldest_waiting)
        untold.set(now.untold)
        oldest.set(now.oldest_start)
        with transaction(engine) as session:
            for state, count in answer_times.lately(session)._asdict().items():
                answers.set(count, {"answered": state})

    return show
