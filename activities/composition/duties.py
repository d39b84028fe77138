"""What a worker does again and again beside its workflows."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from activities.auditing import Auditor
from activities.backfilling import Backfiller
from activities.composition.approving import approval_reminder
from activities.composition.outside import Outside
from activities.composition.resuming import resume_policy
from activities.composition.sending import make_messaging
from activities.composition.steps import handing_over
from activities.lookup_budget import LookupBudget
from activities.reading_reviews import ReviewReader, reading_reviews
from activities.reconciling import Reconciler
from activities.recovering import Recovery
from activities.standing import (
    auditing,
    backfilling,
    handing_over_again,
    letting_lapse,
    recovering,
    reminding,
    repeat,
    settling_corrections,
    sweeping,
    watching_pauses,
)
from models.connection import key_ring
from models.database.corrections import Corrections
from models.database.doubts.reconciliation import Reconciliation
from models.database.gauges import gauges
from models.database.inbound.backfills import Backfills
from models.database.permission.lapsing import UnreviewedHolds
from models.database.permission.pause_watch import PauseWatch
from models.database.recovery.audits import Audits
from models.database.recovery.recoveries import Recoveries
from models.database.review_requests.reading import ReadReviews
from models.observability.switch import Observability
from models.settings import Settings


def standing_duties(
    settings: Settings,
    engine: Engine,
    outside: Outside,
    observed: Observability,
    open_runs: Callable[[], list[UUID] | None],
) -> list[Coroutine[Any, Any, None]]:
    """Return the standing duties, each to be run as a task until the worker ends.

    `open_runs` returns the runs that Temporal knows to be open, or None if it does not answer.
    """
    meter, every, ring = observed.meter, settings.timers.sweep, key_ring(settings)
    callback_key, epoch = settings.keys.callback.get_secret_value().encode(), settings.database.epoch
    google = settings.google_business
    reconciler = Reconciler(
        Reconciliation(engine, settings.timers),
        outside.lists,
        LookupBudget(settings.twilio.lookups_per_minute),
        observed.watch,
    )
    recoveries = Recoveries(engine, callback_key, ring, epoch)
    duties = {
        "sweep": sweeping(reconciler, meter),
        "approvals": reminding(
            approval_reminder(settings, engine, make_messaging(settings, engine, outside, meter)), meter
        ),
        "backfill": backfilling(Backfiller(Backfills(engine, ring, settings.timers), outside.history), meter),
        "recovery": recovering(Recovery(recoveries, outside.history, "twilio", open_runs)),
        "watch of the pauses": watching_pauses(PauseWatch(engine, resume_policy(settings), settings.pauses), meter),
        "holds": letting_lapse(UnreviewedHolds(engine), meter),
        "handing over again": handing_over_again(handing_over(settings, engine, outside), meter),
        "reviews": reading_reviews(
            ReviewReader(ReadReviews(engine, google.every, google.patience), outside.reviews), meter
        ),
        "corrections": settling_corrections(Corrections(engine), meter),
        "audit": auditing(Auditor(Audits(engine, ring, settings.timers), outside.history, "twilio"), meter),
    }
    if observed.runtime:
        duties["reading the gauges"] = gauges(engine, meter)
    return [repeat(what, duty, every, meter) for what, duty in duties.items()]
