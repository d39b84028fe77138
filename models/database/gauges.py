"""What stands open, as numbers. Read now and then for the metrics."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Engine, text
from temporalio.common import MetricMeter

from models.database.engine import transaction

_READ = text(
    """
    SELECT (SELECT count(*) FROM message WHERE state = 'unknown') AS doubts,
           (SELECT count(*) FROM message WHERE state = 'escalated') AS escalated,
           (SELECT count(*) FROM owner_task WHERE closed_at IS NULL) AS tasks,
           count(outbox.run_id) AS untold,
           coalesce(extract(epoch FROM clock_timestamp() - min(run.requested_at)
               FILTER (WHERE outbox.purpose = 'start')), 0)::float AS oldest_start
    FROM outbox JOIN run ON run.id = outbox.run_id
    """
)


class Standing(NamedTuple):
    """Messages in doubt; those that a person decides; open tasks; runs Temporal must hear of; seconds the oldest waits."""

    doubts: int
    escalated: int
    tasks: int
    untold: int
    oldest_start: float


def standing(engine: Engine) -> Standing:
    """Read how things stand."""
    with transaction(engine) as session:
        return Standing(*session.execute(_READ).one())


def gauges(engine: Engine, meter: MetricMeter) -> Callable[[], None]:
    """Return what reads the numbers and shows them."""
    in_doubt = meter.create_gauge("comms_messages_in_doubt", "Messages whose outcome is unknown, by who finds out.")
    tasks = meter.create_gauge("comms_open_tasks", "Tasks that wait for a person.")
    untold = meter.create_gauge("comms_outbox_rows", "Runs that Temporal must hear of.")
    oldest = meter.create_gauge_float("comms_outbox_oldest_start_seconds", "How long the oldest unstarted run waits.")

    def show() -> None:
        now = standing(engine)
        in_doubt.set(now.doubts, {"by": "reconciler"})
        in_doubt.set(now.escalated, {"by": "person"})
        tasks.set(now.tasks)
        untold.set(now.untold)
        oldest.set(now.oldest_start)

    return show
