"""A run of the real workflow on the real activities, rows and relay; only the providers follow a script."""

import asyncio
import base64
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, text
from sqlmodel import col, select
from temporalio.client import Client

from activities.composition.outside import Outside
from models.addresses import address_hash
from models.approving import Verdict
from models.copywriting import SequenceStep, SequenceVersion
from models.database import runs, seeding
from models.database.engine import transaction
from models.database.events import Origin
from models.database.inbound import inbox
from models.database.inbound.callbacks import apply_report
from models.database.inbound.inbox import InboundText
from models.database.outbox import Outbox
from models.database.permission import approval_codes, approvals, consent
from models.database.permission.consent import Address, Proof
from models.database.sending.evidence import Finding
from models.database.tables.copywriting import Sequence
from models.database.tables.people import Client as Business
from models.database.tables.people import Lead, Staff
from models.database.tables.runs import Run
from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.identity import token_hash
from models.sealing import KeyRing
from models.settings import Settings
from models.terms import (
    ApprovalPolicy,
    AttemptOutcome,
    Channel,
    ConsentKind,
    DecisionChannel,
    DecisionKind,
    EvidenceSource,
    OutreachOutcome,
    RunState,
)
from starter.relay.announcing import Announcer
from tests.database.fit_to_send import make_fit_to_send
from tests.database.pausing import put
from tests.workflows.library import SMS_TEXT, LibraryOfOne
from tests.workflows.observed_run import ObservedRun
from tests.workflows.outside import CrmInMemory, ScriptedChannel

PHONE, EMAIL = "+13035550142", "ana@example.com"


def settings_for(database_url: str, temporal_address: str, task_queue: str) -> Settings:
    key = base64.b64encode(b"k" * 32).decode()
    return Settings.model_validate(
        {
            "environment": "local",
            "quiet_hours": "always_open",
            "database": {"url": database_url},
            "temporal": {"address": temporal_address, "task_queue": task_queue, "threads": 8},
            "keys": {"sealing": {"k1": key}, "sealing_active": "k1", "callback": "callback", "approval": "approval"},
            "timers": {"activity_retry": "PT0.1S"},
        }
    )


def a_step(key: str, channel: Channel = Channel.SMS, listens: float = 0.4, delay: float = 0) -> SequenceStep:
    return SequenceStep(
        key=key,
        channel=channel,
        template=channel,
        version=1,
        delay=timedelta(seconds=delay),
        response_window=timedelta(seconds=listens),
    )


class World(ObservedRun):
    """One client, one lead, one run."""

    def __init__(self, engine: Engine, client: Client, settings: Settings) -> None:
        super().__init__(engine, client)
        make_fit_to_send(engine)
        self.settings = settings
        self.ring = KeyRing(settings.keys.sealing_keys(), settings.keys.sealing_active)
        self.sms, self.email, self.crm = ScriptedChannel(), ScriptedChannel(), CrmInMemory()
        self._announcer = Announcer(Outbox(engine), client, settings.temporal.task_queue)

    @property
    def outside(self) -> Outside:
        return Outside({Channel.SMS: self.sms, Channel.EMAIL: self.email}, {}, self.crm)

    async def start(
        self,
        *steps: SequenceStep,
        approval: ApprovalPolicy = ApprovalPolicy.TEMPLATE,
        phone: str = PHONE,
        email: str = EMAIL,
        consents: ConsentKind | None = ConsentKind.CONVERSATIONAL,
        approver_wants_email: bool = False,
        opted_out_before: bool = False,
        stopped_before: bool = False,
        client_phone: str = "+13035550100",
        sms_text: str = SMS_TEXT,
        **timing: timedelta,
    ) -> None:
        """Store client, lead, consent, sequence and run, and let the relay start the workflow."""
        sequence = SequenceVersion(
            key="s", version=1, title="Test", approval=approval, owner="sales-ops", escalation_owner="incident-owner",
            approver="approver", immediate=True, repeat_after=timedelta(seconds=0.1), steps=steps, **timing,
        )  # fmt: skip
        with transaction(self.engine) as session:
            seeding.seed_staff(session, seeding.DEFAULT_STAFF)
            session.get_one(Staff, "approver").wants_email = approver_wants_email
            seeding.add_library(session, LibraryOfOne(sequence, sms_text), "copywriter", "approver")
            business = Business(key="acme", name="Acme Plumbing", phone=client_phone, postal_address="1 Road")
            session.add(business)
            session.flush()
            lead = Lead(client_id=business.id, source="missed_call", source_lead_id="1", first_name="Zephyrine", phone=phone,
                        email=email)  # fmt: skip
            session.add(lead)
            session.flush()
            for channel, address in ((Channel.SMS, phone), (Channel.EMAIL, email)):
                if address and consents is not None:
                    where = Address(business.id, channel, address_hash(str(business.id), channel, address))
                    consent.grant(session, where, consents, Proof("form", "test"))
            if opted_out_before:
                where = Address(business.id, Channel.SMS, address_hash(str(business.id), Channel.SMS, phone))
                consent.opt_out(session, where, Proof("reply", "recipient"))
            row = session.exec(select(Sequence).where(col(Sequence.key) == "s")).one()
            run = Run(
                kind="outreach", client_id=business.id, lead_id=lead.id, sequence_id=row.id, owner="sales-ops",
                escalation_owner="incident-owner", requested_by="sales-ops", rollback_path=runs.ROLLBACK_PATH,
                state=RunState.REQUESTED,
            )  # fmt: skip
            self.run_id = runs.request(session, run, "sales-ops", str(uuid4()), "hash")
            if stopped_before:
                runs.stop(session, self.run_id, Origin("api", "incident-owner"))
        await self.relay()

    async def relay(self) -> None:
        """Deliver what the outbox holds."""
        while await self._announcer.deliver_due():
            pass

    async def reply(self, words: str) -> None:
        message = InboundText("SM" + uuid4().hex, PHONE, words, None, b"raw")
        with transaction(self.engine) as session:
            inbox.receive_text(session, self.ring, message)
        await self.relay()

    async def reports(
        self, delivery: Delivery, failure: FailureClass | None = None, step: int = -1, reason: str = ""
    ) -> None:
        """Let the provider report on the last SMS."""
        finding = Finding(EvidenceSource.CALLBACK, AttemptOutcome.ACCEPTED, reason, "SM" + "0" * 32, delivery, failure)
        with transaction(self.engine) as session:
            bound = session.execute(
                text(
                    "SELECT provider_message_id FROM message WHERE run_id = :run AND channel = 'sms' "
                    "AND provider_message_id IS NOT NULL ORDER BY occurrence DESC"
                ),
                {"run": self.run_id},
            )
            known = bound.scalars().first()
            if known:
                finding = Finding(EvidenceSource.CALLBACK, AttemptOutcome.ACCEPTED, reason, known, delivery, failure)
            apply_report(session, token_hash(self.sms.sent[step].token), finding, Origin("twilio", "twilio"))
        await self.relay()

    async def decide(self, decision: DecisionKind, by: str = "approver") -> Verdict:
        with transaction(self.engine) as session:
            approval = approvals.of_run(session, self.run_id)
            assert approval is not None
            verdict = approvals.decide(
                session, approval.id, decision, approval.content_hash, Origin("api", by), DecisionChannel.API
            )
        await self.relay()
        return verdict

    async def code(self, approver: str = "approver") -> str:
        await self.until_state("awaiting_approval")
        with transaction(self.engine) as session:
            approval = approvals.of_run(session, self.run_id)
            assert approval is not None
            key = self.settings.keys.approval.get_secret_value().encode()
            return approval_codes.issue_code(session, approval, approver, key, timedelta(hours=1))

    async def pause(self, scope: str, paused: bool = True) -> None:
        with transaction(self.engine) as session:
            put(session, scope, paused, "test", Origin("api", "incident-owner"), "incident-owner")
        await self.relay()

    async def stop(self) -> None:
        with transaction(self.engine) as session:
            runs.stop(session, self.run_id, Origin("api", "incident-owner"))
        await self.relay()

    async def roll_back(self) -> None:
        with transaction(self.engine) as session:
            runs.roll_back(session, self.run_id, Origin("api", "incident-owner"))
        await self.relay()

    async def type_signal(self, name: str, *args: Any) -> None:
        await self.handle.signal(name, args=list(args))

    async def outcome(self) -> OutreachOutcome:
        """Wait for the end, relaying meanwhile."""
        result = asyncio.ensure_future(self.handle.result())
        while not result.done():
            await self.relay()
            await asyncio.wait([result], timeout=0.05)
        return await result
