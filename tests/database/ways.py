"""How a message comes to wait or to end, on real rows. Each way returns the run, or makes what returns it."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.permission import consent
from models.database.permission.consent import Proof
from models.database.permission.consent_desk import DOUBT_TASK
from models.database.runs import close
from models.database.sending.evidence import Finding, apply_evidence
from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.frequency import CapHit
from models.incidents.steering import Act
from models.provider_answers import Answer, twilio_answer
from models.quiet_hours import WindowDecision
from models.terms import ApprovalPolicy, AttemptOutcome, ConsentKind, DecisionKind, EvidenceSource, OutreachOutcome
from tests.database.doubts import SID, agreed, ask, escalated, in_doubt, sweep
from tests.database.findings import callback, find
from tests.database.incidents import Incidents
from tests.database.outage import come_back, fall_silent
from tests.database.wordings import enter
from tests.database.world import HERE, World

MORNING = datetime(2030, 1, 7, 16, tzinfo=UTC)


def held(act: Callable[[World], object]) -> Callable[[World], UUID]:
    """After `act` the message is asked for."""

    def begin(world: World) -> UUID:
        run = world.run()
        act(world)
        world.claim(run)
        return run

    return begin


def after(act: Callable[[World, UUID], object]) -> Callable[[World], UUID]:
    def begin(world: World) -> UUID:
        run = world.run()
        act(world, run)
        return run

    return begin


def answered(answer: Answer) -> Callable[[World], UUID]:
    return after(lambda world, run: world.ledger.record(world.claimed(run), answer))


def shut(world: World) -> None:
    zones = ("America/Denver",)
    world.hours = WindowDecision(allowed=False, zones=zones, shut_in=zones, next_open_at=MORNING)


def capped(world: World) -> None:
    world.cap = CapHit(7, MORNING, "3 in 24 hours, 3 allowed")


def followed_up_enough(world: World) -> None:
    world.cap = CapHit(7, None, "6 messages in this enrolment, 6 are allowed")


def outranked(world: World) -> None:
    world.gives_way_to = "incident"


def drained_slowly(world: World) -> None:
    world.rows("UPDATE message SET turn_at = :turn WHERE step = 'hello'", turn=MORNING)


def away(world: World) -> None:
    world.rows("UPDATE run SET away_until = :until", until=MORNING)


def silent(world: World) -> None:
    fall_silent(world)
    come_back(world)


def unapproved(world: World) -> UUID:
    return world.run(ApprovalPolicy.RUN)


def rejected(world: World) -> UUID:
    run = world.run(ApprovalPolicy.RUN)
    world.decide(run, DecisionKind.REJECT)
    return run


def named_like_a_later_client(world: World) -> UUID:
    run = world.run(lead=world.lead("Blue River Roofing"))
    enter(world, "Blue River Roofing")
    world.claim(run)
    return run


def same_text(world: World) -> UUID:
    first, twice = world.run(), world.run()
    world.sent(first)
    world.claim(twice)
    return twice


def without_consent(world: World) -> UUID:
    world.plan(run := world.request())
    world.grant(ConsentKind.CONVERSATIONAL)
    world.claim(run, "again")
    return run


def dead_address(world: World) -> UUID:
    first, later = world.run(), world.run()
    claim = world.sent(first)
    find(world, claim.message_id, 1, callback(SID, Delivery.UNDELIVERED, FailureClass.BAD_CONTACT))
    world.claim(later)
    return later


def stale(world: World) -> UUID:
    run = world.run()
    world.pause()
    world.claim(run)
    world.rows("UPDATE message SET expires_at = clock_timestamp() WHERE run_id = :run AND step = 'hello'", run=run)
    world.pause(paused=False)
    world.claim(run)
    return run


def closed(outcome: OutreachOutcome, world: World) -> UUID:
    run = world.run()
    with transaction(world.engine) as session:
        close(session, run, outcome, HERE)
    return run


def stopped(world: World) -> UUID:
    run = world.run()
    world.stop(run)
    world.claim(run)
    return run


def replied(world: World) -> UUID:
    run = world.run()
    world.sent(run)
    world.text("yes")
    world.claim(run, "again")
    return run


def lost_then_called_back(world: World) -> UUID:
    run = in_doubt(world)
    find(world, world.message(run)["id"], 1, callback(SID, Delivery.DELIVERED))
    return run


def closed_by_person(world: World) -> UUID:
    run = escalated(world)
    finding = Finding(EvidenceSource.PERSON, AttemptOutcome.NOT_ACCEPTED, "person_not_sent")
    with transaction(world.engine) as session:
        apply_evidence(session, world.message(run)["id"], 1, finding, Origin("api", "eve"))
    return run


def late(world: World) -> UUID:
    run = world.run()
    world.pause()
    world.claim(run)
    world.pause(paused=False)
    world.ledger.record(world.claimed(run), twilio_answer(429, 20429))
    world.sent(run)
    return run


def asked_by_one(world: World) -> UUID:
    ask(world, run := escalated(world), "eve")
    return run


def doubtful(world: World) -> None:
    address = world.address()
    with transaction(world.engine) as session:
        consent.hold(session, address, Proof("reply", "recipient", "inbox/1"))
        order = TaskOrder(DOUBT_TASK, address.hash, "Read it.")
        events.open_task(session, order, Subject("sam", world.client), HERE)


def sent_again(world: World) -> UUID:
    run = agreed(world)
    sweep(world)
    world.sent(run)
    return run


def ready_again(world: World) -> UUID:
    run = agreed(world)
    sweep(world)
    return run


def failed(delivery: Delivery, failure: FailureClass) -> Callable[[World], UUID]:
    def begin(world: World) -> UUID:
        run = world.run()
        find(world, world.sent(run).message_id, 1, callback(SID, delivery, failure))
        return run

    return begin


def notice_of_an_incident(world: World) -> UUID:
    incidents = Incidents(world)
    incident = incidents.open()
    incidents.do(incident, Act.COMPOSE, Act.WRITE)
    run = incidents.run(incident)
    world.rows("UPDATE message SET step = 'notice' WHERE run_id = :run", run=run)
    world.sent(run, "notice")
    return run
