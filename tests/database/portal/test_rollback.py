from activities.taking_back import TakingBackActivities
from activities.undoing import PostUndoer
from models.compensation import UndoKind
from models.database import rollbacks
from models.database.engine import transaction
from models.database.portal.of_workflows import PostsOfWorkflows
from models.database.portal.reading import PortalReader
from models.database.undos import Undos
from models.outreach import RunReference, UndoReport
from tests.database.portal.conftest import titles
from tests.database.portal.desk import PostDesk
from tests.database.world import World


def test_the_rollback_of_a_run_withdraws_its_post(world: World, desk: PostDesk, portal: PortalReader) -> None:
    post = desk.published()
    run = world.one("SELECT run_id FROM post")["run_id"]
    with transaction(world.engine) as session:
        [planned] = rollbacks.plan(session, run).steps
    assert (planned.kind, planned.about, planned.prospect) == ("portal_post", str(post), "withdraw")
    taking = TakingBackActivities(
        Undos(world.engine), {UndoKind.PORTAL_POST: PostUndoer(PostsOfWorkflows(world.engine))}
    )

    for _ in range(2):
        assert taking.take_back(RunReference(run_id=run)) == UndoReport(run_id=run, undone=1)

    assert titles(portal, world.client) == []


def test_a_post_that_was_withdrawn_before_is_nothing_to_take_back(world: World, desk: PostDesk) -> None:
    desk.withdraw(desk.published())
    run = world.one("SELECT run_id FROM post")["run_id"]
    undoers = {UndoKind.PORTAL_POST: PostUndoer(PostsOfWorkflows(world.engine))}

    report = TakingBackActivities(Undos(world.engine), undoers).take_back(RunReference(run_id=run))

    assert report == UndoReport(run_id=run, nothing_to_undo=1)
