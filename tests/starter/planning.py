"""What the worker does at the start of a run: plan its messages and ask for approval where the sequence says so."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine

from activities.enrolling import EnrollingActivities
from models.database.enrollments import Enrollments
from models.outreach import RunReference
from models.sealing import KeyRing


def plan(engine: Engine, run_id: UUID) -> None:
    """Plan a run as the worker would."""
    enrollments = Enrollments(engine, KeyRing({"k1": bytes(32)}, "k1"), b"approval-key", timedelta(hours=72))
    second = timedelta(seconds=1)
    EnrollingActivities(enrollments, "http://api", "http://ui", second, second).prepare(RunReference(run_id=run_id))
