"""Takes mails on and lets happen to them what must: events in their order, faults included, kept until published."""

import json
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from deploy.local.standins.kit.agenda import Agenda, Entry
from deploy.local.standins.kit.callback_order import Planned, spoiled
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.ses.addresses import is_simulator
from deploy.local.standins.ses.courses import EventType, Step, course
from deploy.local.standins.ses.event_records import event_record, mail_object
from deploy.local.standins.ses.publisher import Publisher
from deploy.local.standins.ses.store import Store, StoredMail
from deploy.local.standins.ses.submission import Mail

SEND_OPERATION, EVENT_OPERATION = "send_email", "event"


def new_message_id(at: float) -> str:
    """An id shaped like those of SES."""
    return f"0100{int(at * 1000):012x}-{uuid.uuid4()}-000000"


class Appointments:
    """What the agenda does when an event is due."""

    def __init__(self, store: Store, publisher: Publisher) -> None:
        self._store = store
        self._publisher = publisher

    async def perform(self, kind: str, payload: dict[str, Any]) -> None:
        """Publish or forge an event, or put an address on the suppression list; repeatable."""
        match kind:
            case "suppress":
                self._store.suppress(payload["address"], payload["reason"], payload["message_id"])
            case "forge":
                await self._publisher.forge(self._store.record(payload["event"]))
                self._store.mark_published(payload["event"])
            case _:
                await self._publisher.publish(self._store.record(payload["event"]))
                self._store.mark_published(payload["event"])


class Postbox:
    """Accepts mails and plans their events."""

    def __init__(self, store: Store, plan: FaultPlan, agenda: Agenda, region: str, step_delay: float) -> None:
        self._store = store
        self._plan = plan
        self._agenda = agenda
        self._region = region
        self._step_delay = step_delay

    def accept(self, mail: Mail) -> str:
        """Take a mail on for good, with all that will follow; returns its message id."""
        now = time.time()
        with self._store.transaction():
            stored = self._store.add_mail(new_message_id(now), now, mail)
            turns = course(mail, self._store.suppressed(mail.recipients))
            steps = [
                (now + number * self._step_delay, step) for number, turn in enumerate(turns, start=1) for step in turn
            ]
            self._agenda.add(self._suppressions(stored, steps))
            # Without a configuration set nobody has asked SES to publish anything.
            if mail.configuration_set:
                rules = self._plan.callback_faults(mail.recipients[0], SEND_OPERATION, EVENT_OPERATION)
                planned = [Planned(due, {"step": number}) for number, (due, _) in enumerate(steps)]
                self._agenda.add(self._entries(stored, steps, spoiled(planned, rules)))
        return stored.message_id

    def emit(self, stored: StoredMail, step: Step, *, known: bool, forged: bool) -> int:
        """Let one event happen now, outside the course of its mail; returns the event's id."""
        now = time.time()
        with self._store.transaction():
            event = self._add_event(stored, now, step, forged=forged)
            if known and not forged:
                self._agenda.add(self._suppressions(stored, [(now, step)]))
            self._agenda.add([Entry(now, stored.message_id, "forge" if forged else "publish", {"event": event})])
        return event

    def _entries(self, stored: StoredMail, steps: list[tuple[float, Step]], planned: list[Planned]) -> list[Entry]:
        events = {number: self._add_event(stored, due, step) for number, (due, step) in enumerate(steps)}
        entries = []
        for each in planned:
            kind, event = "publish", events[each.payload["step"]]
            if each.forged:
                # A forged complaint does visible harm to whoever believes it.
                lie = Step(EventType.COMPLAINT, stored.mail.recipients)
                kind, event = "forge", self._add_event(stored, each.due, lie, forged=True)
            entries.append(Entry(each.due, stored.message_id, kind, {"event": event}))
        return entries

    def _add_event(self, stored: StoredMail, due: float, step: Step, *, forged: bool = False) -> int:
        about = mail_object(stored.mail, stored.message_id, stored.accepted_at, self._region)
        record = event_record(step, stored.mail, about, datetime.fromtimestamp(due, UTC))
        return self._store.add_event(stored.message_id, step.event, due, json.dumps(record), forged=forged)

    def _suppressions(self, stored: StoredMail, steps: list[tuple[float, Step]]) -> list[Entry]:
        return [
            Entry(
                due,
                f"suppress:{stored.message_id}",
                "suppress",
                {"address": address, "reason": step.suppression, "message_id": stored.message_id},
            )
            for due, step in steps
            if step.suppression is not None
            for address in step.recipients
            if not is_simulator(address)
        ]
