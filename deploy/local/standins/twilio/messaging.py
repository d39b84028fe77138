"""What the messaging product does: creates, cancels, redacts and deletes messages."""

import time
from collections.abc import Sequence
from dataclasses import replace

from multidict import MultiMapping

from deploy.local.standins.kit.agenda import Agenda
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.twilio import create_request, magic
from deploy.local.standins.twilio.account import Account
from deploy.local.standins.twilio.create_request import CreateRequest
from deploy.local.standins.twilio.errors import TEXTS, Refused
from deploy.local.standins.twilio.lifecycle import Pace, status_callbacks, timeline
from deploy.local.standins.twilio.message import FINAL, Message, Step, new_sid
from deploy.local.standins.twilio.segments import segments
from deploy.local.standins.twilio.store import Store


class Messaging:
    """Every method either stores its effect for good before it returns, or raises `Refused` and changes nothing."""

    def __init__(self, account: Account, store: Store, agenda: Agenda, plan: FaultPlan, pace: Pace) -> None:
        self._account = account
        self._store = store
        self._agenda = agenda
        self._plan = plan
        self._pace = pace

    def create(self, form: MultiMapping[str]) -> Message:
        """Accept one message. Not idempotent: every call is a further message, as at Twilio."""
        moment = time.time()
        asked = create_request.read(form, self._account, moment)
        if any(self._store.is_blocked(asked.recipient, scope) for scope in self._scopes(asked)):
            raise Refused(21610)
        fate = magic.fate(asked.recipient, first=not self._store.has_sent_to(asked.recipient))
        steps = timeline(
            fate, self._pace, moment, with_service=asked.messaging_service_sid is not None, send_at=asked.send_at
        )
        message = Message(
            sid=new_sid(media=asked.num_media > 0),
            account_sid=self._account.account_sid,
            messaging_service_sid=asked.messaging_service_sid,
            sender=asked.sender,
            recipient=asked.recipient,
            body=asked.body,
            direction="outbound-api",
            num_media=asked.num_media,
            num_segments=segments(asked.body),
            status_callback=asked.status_callback,
            timeline=steps,
        )
        self._keep(message, steps[1:])
        return message

    def reply(self, *, sender: str, recipient: str, body: str, moment: float) -> None:
        """Put Twilio's own answer to a STOP, START or HELP among the messages; nobody is called back about it."""
        service = self._account.messaging_service_sid if sender in self._account.senders else None
        steps = timeline(magic.DELIVERED, self._pace, moment, with_service=False, send_at=None)
        self._store.save(
            Message(
                new_sid(), self._account.account_sid, service, sender, recipient, body, "outbound-reply", 0,
                segments(body), None, steps,
            )
        )  # fmt: skip

    def update(self, message: Message, form: MultiMapping[str]) -> Message:
        """Cancel a scheduled message (`Status=canceled`), or redact a finished one (`Body=`)."""
        moment = time.time()
        if "Status" in form:
            return self._cancelled(message, form["Status"], moment)
        if form.get("Body") != "":
            raise Refused(20001, message="Only an empty Body or Status=canceled may be given")
        self._check_finished(message, moment)
        redacted = replace(message, body="")
        self._store.save(redacted)
        return redacted

    def delete(self, message: Message) -> None:
        """Delete a finished message."""
        self._check_finished(message, time.time())
        self._store.delete(message)

    def _scopes(self, asked: CreateRequest) -> set[str]:
        return {asked.sender, self._account.block_scope(asked.sender)}

    def _keep(self, message: Message, told: Sequence[Step]) -> None:
        faults = self._plan.callback_faults(message.recipient, "create_message", "status_callback")
        with self._store.transaction():
            self._store.save(message)
            self._agenda.add(status_callbacks(message, told, self._pace, faults))

    def _cancelled(self, message: Message, status: str, moment: float) -> Message:
        if status != "canceled":
            raise Refused(20001, message="Status may only be set to canceled")
        if message.now(moment).status != "scheduled":
            raise Refused(30409, status=409, message=f"{TEXTS[30409]}: it is {message.now(moment).status}")
        step = Step(moment, "canceled")
        self._agenda.drop(message.sid)
        canceled = replace(message, timeline=(message.timeline[0], step))
        self._keep(canceled, [step])
        return canceled

    def _check_finished(self, message: Message, moment: float) -> None:
        if message.now(moment).status not in FINAL:
            raise Refused(20009, status=409)
