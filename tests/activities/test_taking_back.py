"""A rollback: newest first, each tried, one outcome per step, wherever the process that does it is killed."""

import asyncio
import inspect
import pkgutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

import activities
from activities.composition.outside import Outside
from activities.composition.taking_back import undoers
from activities.declared_undos import declared, undeclared
from activities.handing_over import HandoffActivities
from activities.messaging import MessagingActivities
from activities.taking_back import TakingBackActivities
from models.compensation import RegisteredUndo, UndoEnd, UndoKind
from models.database import undos
from models.database.engine import transaction
from models.database.handoffs import Handoffs
from models.database.undos import Undos
from models.errors import CrmRefusal, TryAgain
from models.outreach import RunReference, UndoReport
from models.terms import PauseScope, UndoState
from tests.activities.crm import CrmInMemory
from tests.activities.other_ends import HubSpotEnd, other_end
from tests.activities.undoing import taking_back
from tests.database.portal.desk import PostDesk, employ_a_privacy_reviewer
from tests.database.world import World

ROOT = Path(__file__).parents[2]
DIES = """
import sys
from uuid import UUID
from pydantic import SecretStr
from activities.crm_access import CrmAccess
from activities.providers.hubspot import HubSpot
from activities.taking_back import TakingBackActivities
from activities.undoing import MessageUndoer, PauseUndoer, PostUndoer
from activities.undoing_crm import CrmUndoer
from models.compensation import UndoKind
from models.crm_settings import CrmSettings
from models.database.engine import make_engine
from models.database.handoffs import Handoffs
from models.database.portal.of_workflows import PostsOfWorkflows
from models.database.undo_standings import UndoStandings
from models.database.undos import Undos
from models.failpoints import arm
from models.outreach import RunReference
from models.settings import DatabaseSettings
database, crm, run, point, visit = sys.argv[1:]
engine = make_engine(DatabaseSettings(url=SecretStr(database)))
handoffs, standings = Handoffs(engine), UndoStandings(engine)
hubspot = HubSpot(CrmSettings(base_url=crm, token=SecretStr("the-token")))
undoers = {
    UndoKind.SENT_MESSAGE: MessageUndoer(standings),
    UndoKind.CRM_HANDOFF: CrmUndoer(handoffs, CrmAccess(handoffs, hubspot)),
    UndoKind.PAUSE: PauseUndoer(standings),
    UndoKind.PORTAL_POST: PostUndoer(PostsOfWorkflows(engine)),
}
arm({point: int(visit)})
TakingBackActivities(Undos(engine), undoers).take_back(RunReference(run_id=UUID(run)))
"""
"""Not the whole worker: its providers take a second to import, and there are twelve lives."""


@pytest.fixture(scope="module")
async def hubspot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HubSpotEnd]:
    async with other_end("hubspot", tmp_path_factory.mktemp("hubspot")) as end:
        yield end


def _states(world: World) -> dict[str, str]:
    return {row["kind"]: row["state"] for row in world.rows("SELECT kind, state FROM undo ORDER BY id")}


def _run_of_every_step(world: World) -> UUID:
    """A message has left, a post is shown, a pause holds, as in any kind of run; the handoff is still to come."""
    run = world.run()
    world.sent(run)
    employ_a_privacy_reviewer(world.engine)
    PostDesk(world.engine, world.client, run).published()
    _pause(world, run)
    world.rows("UPDATE lead SET email = :email", email=f"{uuid4().hex}@example.com")
    return run


def _pause(world: World, run: UUID) -> None:
    world.pause(PauseScope.RUN, run=run)
    pause = world.one("SELECT id FROM pause")["id"]
    with transaction(world.engine) as session:
        undos.register(session, run, "pause", UndoKind.PAUSE, str(pause))


ENDS = {"sent_message": "not_undoable", "portal_post": "undone", "pause": "given_to_person", "crm_handoff": "undone"}


# The first life dies at the first step; each other ends that step before it dies at the next one.
@pytest.mark.parametrize(("point", "visits"), [("U1", "1222"), ("U2", "1222"), ("U3", "1111")])
async def test_a_rollback_that_is_killed_at_each_step_ends_with_one_outcome_per_step(
    world: World, hubspot: HubSpotEnd, database_url: str, point: str, visits: str
) -> None:
    run = _run_of_every_step(world)
    reference = RunReference(run_id=run)
    await asyncio.to_thread(HandoffActivities(Handoffs(world.engine), hubspot.crm).hand_to_crm, reference)
    key = str(world.one("SELECT lead_id FROM run WHERE id = :run", run=run)["lead_id"])
    assert await hubspot.standing(key) == ["live", "live"]

    command = [sys.executable, "-c", DIES, database_url, hubspot.program.base_url, str(run), point]
    for visit in visits:
        killed = await asyncio.to_thread(subprocess.run, [*command, visit], cwd=ROOT, capture_output=True)
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    report = await asyncio.to_thread(taking_back(world.engine, hubspot.crm).take_back, reference)

    assert _states(world) == ENDS
    assert report == UndoReport(run_id=run, undone=2, not_undoable=1, given_to_person=1)
    assert await hubspot.standing(key) == []
    assert len(world.events("undone")) == 4
    assert len(world.tasks("undo")) == 2


class _Dying:
    """The rows, until the process would die at one of its calls to them."""

    def __init__(self, undos: Undos, lives: int) -> None:
        self._undos = undos
        self._left = lives

    def __getattr__(self, name: str) -> Any:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return getattr(self._undos, name)


@pytest.mark.parametrize("lives", range(10))
def test_whichever_of_its_calls_to_the_rows_is_the_last_a_second_life_ends_every_step(world: World, lives: int) -> None:
    run = _run_of_every_step(world)
    reference, crm = RunReference(run_id=run), CrmInMemory()
    HandoffActivities(Handoffs(world.engine), crm).hand_to_crm(reference)
    dying: Any = _Dying(Undos(world.engine), lives)
    with pytest.raises(KeyboardInterrupt):
        TakingBackActivities(dying, undoers(world.engine, Outside({}, {}, crm))).take_back(reference)

    taking_back(world.engine, crm).take_back(reference)

    assert _states(world) == ENDS
    assert len(crm.archived) == 1
    assert len(world.events("undone")) == 4


class _Undoer:
    def __init__(self, *ends: UndoEnd | Exception) -> None:
        self.ends = list(ends)
        self.seen: list[str] = []

    def take_back(self, undo: RegisteredUndo) -> UndoEnd:
        self.seen.append(undo.step)
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


UNDONE = UndoEnd(UndoState.UNDONE, "done")


def _with_posts(world: World, steps: int, undoer: _Undoer) -> tuple[RunReference, TakingBackActivities]:
    run = world.run()
    with transaction(world.engine) as session:
        for step in range(steps):
            for _ in range(2):  # registering again changes nothing
                undos.register(session, run, f"publish:{step}", UndoKind.PORTAL_POST, f"post-{step}")
    return RunReference(run_id=run), TakingBackActivities(Undos(world.engine), {UndoKind.PORTAL_POST: undoer})


def test_steps_are_taken_back_newest_first_and_each_is_tried(world: World) -> None:
    undoer = _Undoer(UNDONE, CrmRefusal("no"), UNDONE)
    reference, taking = _with_posts(world, 3, undoer)

    assert taking.take_back(reference) == UndoReport(run_id=reference.run_id, undone=2, given_to_person=1)
    assert undoer.seen == ["publish:2", "publish:1", "publish:0"]
    [task] = world.tasks("undo")
    assert task["evidence"] == {"why": "no", "about": "post-1"}
    assert "Withdraw it" in task["instruction"]


def test_an_end_that_does_not_answer_is_tried_again_after_all_others(world: World) -> None:
    undoer = _Undoer(TryAgain("503"), UNDONE, UNDONE)
    reference, taking = _with_posts(world, 2, undoer)

    with pytest.raises(TryAgain):
        taking.take_back(reference)
    assert taking.take_back(reference).undone == 2
    assert undoer.seen == ["publish:1", "publish:0", "publish:1"]


def test_an_end_that_does_not_answer_for_days_is_a_persons(world: World) -> None:
    reference, taking = _with_posts(world, 1, _Undoer(TryAgain("503"), TryAgain("503")))
    with pytest.raises(TryAgain):
        taking.take_back(reference)
    world.rows("UPDATE undo SET first_tried_at = first_tried_at - interval '3 days'")

    assert taking.take_back(reference).given_to_person == 1
    assert world.tasks("undo")[0]["evidence"]["why"] == "no answer in 3 days: 503"


def test_a_kind_that_this_version_does_not_know_is_a_persons(world: World) -> None:
    reference, taking = _with_posts(world, 1, _Undoer())
    world.rows("UPDATE undo SET kind = 'satellite'")

    assert taking.take_back(reference).given_to_person == 1
    assert world.tasks("undo")[0]["evidence"]["why"] == "nothing takes back satellite by itself"


def test_a_message_in_doubt_is_a_persons_and_a_lifted_pause_is_nothing(world: World) -> None:
    run = world.run()
    world.claimed(run)
    _pause(world, run)
    world.pause(PauseScope.RUN, False, run)

    report = taking_back(world.engine, None).take_back(RunReference(run_id=run))

    assert report == UndoReport(run_id=run, given_to_person=1, nothing_to_undo=1)


def test_a_lead_is_not_handed_over_once_a_rollback_was_asked_for(world: World) -> None:
    run = world.run()
    world.rows("UPDATE run SET roll_back_requested_by = 'sam' WHERE id = :run", run=run)
    crm = CrmInMemory()

    assert not HandoffActivities(Handoffs(world.engine), crm).hand_to_crm(RunReference(run_id=run))
    assert (crm.writes, world.rows("SELECT * FROM undo")) == (0, [])


def _activities() -> list[Any]:
    """Everything that is defined as an activity: there is no other way for a workflow to do a step."""
    modules = [import_module(found.name) for found in pkgutil.walk_packages(activities.__path__, "activities.")]
    classes = {made for module in modules for made in vars(module).values() if inspect.isclass(made)}
    methods = {method for made in classes for method in vars(made).values() if inspect.isfunction(method)}
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]


def test_every_activity_declares_how_it_is_taken_back_or_that_it_is_not() -> None:
    assert len(_activities()) >= 10
    assert undeclared(_activities()) == []


def test_an_activity_without_a_declaration_is_named() -> None:
    def forgotten() -> None: ...

    [named] = undeclared([MessagingActivities.send, forgotten])
    assert named.endswith("forgotten")


def test_what_has_no_undo_says_why_and_every_other_kind_has_somebody_who_takes_it_back(world: World) -> None:
    said = [declared(method) for method in _activities()]

    assert all(one.reason for one in said if one is not None and one.kind is None)
    kinds = {one.kind for one in said if one is not None and one.kind is not None}
    assert {UndoKind.SENT_MESSAGE, UndoKind.CRM_HANDOFF} <= kinds <= undoers(world.engine, Outside({}, {}, None)).keys()
