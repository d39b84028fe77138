"""Messages in doubt, and what a provider lists, in memory."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from activities.lookup_budget import LookupBudget
from activities.reconciling import Reconciler, Swept
from models.database.doubts import resending
from models.database.doubts.resending import Step
from models.database.engine import transaction
from models.database.events import Origin
from models.database.tables.ledger import Message
from models.errors import TryAgain
from models.provider_answers import lost_answer
from models.reconciling import Listed
from tests.database.world import World

SID, OTHER_SID = "SM" + "a" * 32, "SM" + "b" * 32


class ListOfTwilio:
    """What a provider lists; `down` is what it says instead."""

    def __init__(self, *listed: Listed, down: TryAgain | None = None) -> None:
        self._listed = listed
        self._down = down
        self.asked: list[str] = []

    def sent_to(self, address: str, since: datetime) -> Iterable[Listed]:
        self.asked.append(address)
        if self._down:
            raise self._down
        return [one for one in self._listed if one.to == address and one.created_at >= since]


def in_doubt(world: World, step: str = "hello", lead: UUID | None = None) -> UUID:
    """Return a run whose message got no answer and is due to be looked up."""
    run = world.run(lead=lead)
    world.ledger.record(world.claimed(run, step), lost_answer("ReadTimeout"))
    world.make_due(run)
    return run


def escalated(world: World, step: str = "hello", lead: UUID | None = None) -> UUID:
    """Return a run whose message is with a person, hours after its call."""
    run = in_doubt(world, step, lead)
    world.passes(run, timedelta(hours=2))
    world.rows("UPDATE message SET checks_done = :done WHERE run_id = :run", run=run, done=len(world.timers.checks) - 1)
    assert sweep(world) == Swept(given_to_person=1)
    return run


def listed(world: World, run: UUID, provider_id: str = SID, body: str | None = None) -> Listed:
    """Return the run's first message as its provider would list it."""
    message = world.message(run)
    at = world.attempts(run)[0]["started_at"]
    return Listed(provider_id, message["address"], body or message["body"], at)


def sweep(world: World, *shown: Listed, down: bool = False, budget: LookupBudget | None = None) -> Swept:
    """Look up what is due, once."""
    twilio = ListOfTwilio(*shown, down=TryAgain("503") if down else None)
    return Reconciler(world.reconciliation, {"twilio": twilio}, budget).sweep()


def ask(world: World, run: UUID, by: str, step: str = "hello") -> Step:
    """Let a person ask for a message to be sent again, or agree to it."""
    with transaction(world.engine) as session:
        message = session.get_one(Message, world.message(run, step)["id"], with_for_update=True)
        horizon = world.timers.checks[-1]
        return resending.ask(session, message, Origin("api", by), "the lead waits", horizon).step


def agreed(world: World, step: str = "hello") -> UUID:
    """Return a run whose message two people want sent again."""
    run = escalated(world, step)
    assert [ask(world, run, "eve", step), ask(world, run, "ann", step)] == [Step.ASKED, Step.CONFIRMED]
    return run


def wish(world: World) -> dict[str, object]:
    """Return the one wish to send again."""
    return dict(world.one("SELECT * FROM resend"))
