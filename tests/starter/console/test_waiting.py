"""What waits for a colleague is on their list once."""

from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder, open_task
from models.database.tables.people import Staff
from models.terms import ApprovalPolicy
from starter.callers import caller_from
from starter.console.waiting import Kind, waiting_for
from tests.database.conftest import database_url, emptied_database, world
from tests.database.world import World

__all__ = ["database_url", "emptied_database", "world"]


def test_an_approval_and_the_task_that_asks_for_it_are_one_thing_to_do(world: World) -> None:
    run = world.run(ApprovalPolicy.RUN)
    approval = world.one("SELECT id FROM approval WHERE run_id = :run", run=run)["id"]
    with transaction(world.engine) as session:
        about = Subject("ann", world.client, run)
        open_task(session, TaskOrder("approval_waiting", str(approval), "Decide."), about, Origin("comms"))
        open_task(session, TaskOrder("approval_overdue", str(approval), "Nobody has."), about, Origin("comms"))
        waits = waiting_for(session, caller_from(session.get_one(Staff, "ann")))

    assert [one.kind for one in waits if one.mine] == [Kind.APPROVAL, Kind.OTHER]
    assert waits[1].text == "Nobody has."
