"""An incident on real rows, a real relay and the real workflow; its server skips the time in between."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, text
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.composition.outside import Outside
from activities.library import read_library
from models.approving import ApprovalSubject, Review
from models.database import client_contacts, seeding
from models.database.engine import transaction
from models.database.events import Origin
from models.database.incidents import moving, opening, reading
from models.database.incidents.moving import Telling
from models.database.incidents.opening import Opening
from models.database.locks import scope_key
from models.database.outbox import Outbox
from models.database.permission import approvals
from models.database.tables.people import Client as Business
from models.database.tables.people import ClientContact, Staff
from models.database.wording_marks import note_agency
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.travelling import IncidentOutcome
from models.incidents.words import Advice, Affected, ReasonForClients
from models.pausing import HeldWork
from models.settings import Settings
from models.terms import Channel, DecisionChannel, DecisionKind, PauseScope, Role
from starter.relay.announcing import Announcer
from tests.database.fit_to_send import make_fit_to_send
from tests.database.pausing import put
from tests.workflows.model_on_paper import ModelOnPaper
from tests.workflows.observed_run import ObservedRun
from tests.workflows.outside import CrmInMemory, ScriptedChannel

OWNER = Origin("api", "incident-owner")
PUBLIC = "https://comms.example.com"
PEOPLE = {Review.OWNER: ("approver", "approver-2"), Review.PRIVACY: ("privacy-reviewer", "quinn")}


class IncidentWorld(ObservedRun):
    """One client, whose Pat is told of incidents; one incident."""

    def __init__(
        self,
        engine: Engine,
        client: Client,
        settings: Settings,
        time: WorkflowEnvironment,
        model: ModelOnPaper | None = None,
    ) -> None:
        super().__init__(engine, client)
        self.model = model or ModelOnPaper()
        make_fit_to_send(engine)
        self.time = time
        self.email, self.sms = ScriptedChannel(), ScriptedChannel()
        self.outside = Outside({Channel.SMS: self.sms, Channel.EMAIL: self.email}, {}, CrmInMemory(), drafter=model)
        self.incident_id: UUID
        self._announcer = Announcer(Outbox(engine), client, settings.temporal.task_queue)
        with transaction(engine) as session:
            note_agency(session, [PUBLIC], [])
            seeding.seed_staff(session, seeding.DEFAULT_STAFF)
            session.add(Staff(handle="eve", roles=[Role.INCIDENT_OWNER]))
            session.add(Staff(handle="quinn", roles=[Role.PRIVACY_REVIEWER]))
            seeding.add_library(session, read_library(), "engineer", "approver")
            business = Business(key="acme", name="Acme Plumbing", time_zone="America/Denver", postal_address="1 Road")
            session.add(business)
            session.flush()
            self.business = business.id
            pat = ClientContact(
                client_id=business.id,
                name="Pat",
                email="pat@acme.example",
                phone="+13035550177",
                receives=["incidents"],
            )
            client_contacts.enter(session, pat, "agreement/1", OWNER)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(f"incident_notice/{self.run_id}", result_type=IncidentOutcome)

    async def open(self, severity: IncidentSeverity = IncidentSeverity.MINOR, words: str = "") -> None:
        with transaction(self.engine) as session:
            asked = Opening(
                key=uuid4().hex, body_hash="hash", title="Twilio is down", severity=severity,
                reason=ReasonForClients.PROVIDER_DOWN, affected=Affected.FOLLOW_UPS, advice=Advice.NOTHING,
                calls_affected=False, clients=[session.get_one(Business, self.business)],
                touches=[scope_key(PauseScope.CLIENT, self.business)], held_work=HeldWork.EXPIRE,
                owner="incident-owner", escalation_owner="eve", words=words,
            )  # fmt: skip
            incident = opening.draft(session, asked, OWNER)
            opening.open_up(session, incident, IncidentState.INVESTIGATING, OWNER)
            self.incident_id = incident.id
            [(_, run_id)] = reading.concerned(session, incident.id)
            assert run_id is not None
            self.run_id = run_id
        await self.relay()

    async def until(self, statement: str, wanted: Any) -> None:
        """Wait as other runs do, relaying meanwhile."""
        relaying = asyncio.create_task(self._relay_for_ever())
        try:
            await super().until(statement, wanted)
        finally:
            relaying.cancel()

    async def _relay_for_ever(self) -> None:
        while True:
            await self.relay()
            await asyncio.sleep(0.05)

    async def relay(self) -> None:
        while await self._announcer.deliver_due():
            pass

    async def move(self, to: IncidentState, reason: str = "", **telling: Any) -> None:
        await self._by_hand(
            lambda session, incident: moving.move(session, incident, to, Telling(**telling), reason, OWNER)
        )

    async def update(self, **telling: Any) -> None:
        await self._by_hand(lambda session, incident: moving.update(session, incident, Telling(**telling), OWNER))

    async def summarise(self, words: str = "A setting was wrong. We put it right.") -> None:
        await self._by_hand(lambda session, incident: moving.summarise(session, incident, Telling(words), OWNER))

    async def decide(self, subject: ApprovalSubject, decision: DecisionKind = DecisionKind.APPROVE) -> None:
        """Let those who may decide on what is asked of the newest post, or of the resume, once it is asked."""
        await self.until(_ASKED.format(subject), True)
        if subject is ApprovalSubject.POST:
            await self.until(_ALL_COMPOSED, True)
        about = self.incident_id if subject is ApprovalSubject.RESUME else self.scalar(_NEWEST_POST)
        for review, people in PEOPLE.items():
            for handle in people:
                with transaction(self.engine) as session:
                    if (asked := approvals.of(session, subject, about, review)) is not None:
                        by, shown = Origin("api", handle), asked.content_hash
                        approvals.decide(session, asked.id, decision, shown, by, DecisionChannel.API)
        await self.relay()

    async def until_updated(self, number: int, what: str = "messages_at") -> None:
        """Wait until an update was written to people, or was published."""
        await self.until(
            f"SELECT {what} IS NOT NULL FROM incident_notice n JOIN incident_update u ON u.id = n.update_id "
            f"WHERE n.run_id = :run AND u.number = {number}",
            True,
        )

    async def pause(self, paused: bool = True) -> None:
        with transaction(self.engine) as session:
            put(session, "everything", paused, "by hand", OWNER, OWNER.actor)
        await self.relay()

    async def asked_of_model(self, times: int) -> None:
        """Let the model be asked so often, with the waits in between skipped."""
        for number in range(1, times + 1):
            while len(self.model.asked) < number:
                await asyncio.sleep(0.05)
            if number < times:
                await self.skip(1 / 60)

    async def skip(self, hours: float) -> None:
        """Let time pass on the server's clock; the rows keep their own."""
        await self.time.sleep(timedelta(hours=hours))
        await self.relay()

    async def skip_until(self, moment: str) -> None:
        """Let time pass until shortly after a moment of the incident."""
        due = self.scalar(f"SELECT {moment} FROM incident")
        now = await self.time.get_current_time()
        await self.skip((due - now).total_seconds() / 3600 + 0.1)

    async def until_task(self, kind: str, owner: str) -> None:
        """Wait until somebody has a task."""
        await self.until(f"SELECT max(owner) FROM owner_task WHERE kind = '{kind}' AND closed_at IS NULL", owner)

    async def outcome(self) -> IncidentOutcome:
        """Wait for the end, first in the rows: this server's long polls do not last."""
        await self.until("SELECT closed_at IS NOT NULL FROM run WHERE id = :run", True)
        while (await self.handle.describe()).status is WorkflowExecutionStatus.RUNNING:
            await asyncio.sleep(0.02)
        return IncidentOutcome(await self.handle.result())

    async def _by_hand(self, act: Callable[[Any, Any], object]) -> None:
        with transaction(self.engine) as session:
            act(session, moving.locked(session, self.incident_id))
        await self.relay()

    def execute(self, statement: str, **where: Any) -> None:
        with transaction(self.engine) as session:
            session.execute(text(statement), where)


_NEWEST_POST = "SELECT post_id FROM incident_notice WHERE run_id = :run ORDER BY composed_at DESC LIMIT 1"
_ASKED = """
    SELECT count(*) > 0 FROM approval a WHERE a.subject = '{}' AND a.superseded_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.approval_id = a.id)
"""
_ALL_COMPOSED = """
    SELECT (SELECT count(*) FROM incident_update) = (SELECT count(*) FROM incident_notice WHERE run_id = :run)
"""
