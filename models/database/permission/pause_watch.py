"""What pauses do by themselves: lift at their end or by their rule, and begin where something is uncertain."""

import time
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import events
from models.database.engine import now, transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.permission import pauses, resuming, suspicions
from models.database.permission.pauses import PAUSE_TASK, Terms
from models.database.permission.previews import Policy
from models.database.tables.pauses import Pause
from models.patience_settings import PauseSettings
from models.pausing import LiftRule, Watched
from models.terms import Channel, PauseScope

WATCH = Origin("pause_watch")
_MAY_LIFT = text(
    f"""
    SELECT id FROM pause WHERE lifted_at IS NULL
      AND (lift_rule = '{LiftRule.AT_END}' AND ends_at <= clock_timestamp() OR lift_rule = '{LiftRule.WHEN_FRESH}')
    """
)


class PauseWatch:
    """The standing duty about pauses. Several may run at once: each change happens once.

    Args:
        engine: the way to the rows.
        policy: how what is held is judged and let go.
        settings: when to pause.
    """

    def __init__(self, engine: Engine, policy: Policy, settings: PauseSettings) -> None:
        self._engine = engine
        self._policy = policy
        self._settings = settings
        self._began = time.monotonic()

    def sweep(self) -> Watched:
        """Lift what may be lifted, and pause what is in doubt. Safe to repeat."""
        with transaction(self._engine) as session:
            ids = session.execute(_MAY_LIFT).scalars().all()
        lifted = sum(self._lifted(pause_id) for pause_id in ids)
        with transaction(self._engine) as session:
            wanted = list(suspicions.found(session, self._settings))
        return Watched(sum(self._paused(terms) for terms in wanted), lifted)

    def _lifted(self, pause_id: UUID) -> bool:
        with transaction(self._engine) as session:
            pause = pauses.locked(session, pause_id)
            reason = self._may_lift(session, pause)
            if reason is not None:
                resuming.lift(session, pause, WATCH, reason, self._policy.rules, self._policy.per_second)
            return reason is not None

    def _may_lift(self, session: Session, pause: Pause) -> str | None:
        """Return by which rule a pause is lifted now, or None; asked again under the lock of its scope."""
        if pause.lifted_at is not None:
            return None
        if pause.lift_rule == LiftRule.AT_END and pause.ends_at is not None and pause.ends_at <= now(session):
            return "its end has come"
        if pause.lift_rule == LiftRule.WHEN_FRESH and suspicions.is_fresh(session, self._settings):
            return "the list of received texts is read again"
        return None

    def _paused(self, terms: Terms) -> bool:
        if terms.lift_rule is LiftRule.WHEN_FRESH and time.monotonic() - self._began < self._grace:
            return False  # after an outage of our own the duty that reads the list comes first
        with transaction(self._engine) as session:
            held_by = pauses.of_scope(session, terms.scope)
            if any((pause.code, pause.put_by) == (terms.code, WATCH.actor) for pause in held_by):
                return False
            put = pauses.put_on(session, terms, WATCH)
            about = Subject(terms.owner, channel=_channel(terms.scope))
            return events.open_task(session, _task(put.pause), about, WATCH)

    @property
    def _grace(self) -> float:
        return self._settings.stale_after.total_seconds() / 10


def _task(pause: Pause) -> TaskOrder:
    lifts = "It lifts itself by its rule." if pause.lift_rule else "It does not lift itself."
    instruction = (
        f"Sending is paused by the service itself for {pause.scope}: {pause.reason}. Find the cause and put it right; then look "
        f"at the preview of its resume and confirm it (`comms resume {pause.id}`). {lifts} If clients should know of it, open an "
        f"incident from it, with its evidence: `comms incident open --from-pause {pause.id}`."
    )
    evidence = {"scope": pause.scope, "code": pause.code, **pause.evidence}
    return TaskOrder(PAUSE_TASK, str(pause.id), instruction, evidence)


def _channel(scope: str) -> str | None:
    kind, _, rest = scope.partition(":")
    return Channel(rest.rpartition(":")[2]) if kind == PauseScope.CHANNEL else None
