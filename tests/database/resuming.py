"""Pauses that hold runs, their previews and resumes, as short as tests want them."""

from datetime import timedelta
from uuid import UUID

from models.database.engine import transaction
from models.database.permission import pause_standing, pauses, previews
from models.database.permission.pause_standing import PauseStanding
from models.database.permission.pauses import Terms
from models.database.permission.previews import Policy, Preview, Wish
from models.database.sending.facts import Rules
from models.database.tables.pauses import Pause
from models.pausing import HeldWork
from models.sending import Held
from models.terms import PauseScope
from tests.database.world import HERE, World

HOUR = timedelta(hours=1)


def policy(world: World, per_second: float = 10.0) -> Policy:
    return Policy(Rules(world.when, world.timers.inbound_silence, 1), per_second, timedelta(minutes=15))


def put_on(world: World, held_work: HeldWork = HeldWork.EXPIRE, scope: PauseScope = PauseScope.CLIENT) -> Pause:
    with transaction(world.engine) as session:
        return pauses.put_on(session, Terms(world.scope(scope), "because", "sam", held_work=held_work), HERE).pause


def preview(world: World, pause: Pause, per_second: float = 10.0) -> Preview:
    with transaction(world.engine) as session:
        found = pauses.existing(session, pause.id)
        return previews.show(session, found, policy(world).rules, per_second, "sam")


def resume(world: World, pause: Pause, shown: Preview | None = None, epoch: int | None = None) -> bool:
    shown = shown or preview(world, pause)
    with transaction(world.engine) as session:
        wish = Wish(pause.id, epoch or pause.epoch, shown.row.id, "put right")
        return previews.resume(session, wish, policy(world), HERE)


def standing(world: World, pause: Pause) -> PauseStanding:
    with transaction(world.engine) as session:
        return pause_standing.of(session, pauses.existing(session, pause.id))


def held_runs(world: World, names: str = "ABC") -> list[UUID]:
    """Runs to phones of their own, whose first text is due and held by a pause of the client, which comes first."""
    runs = [world.run(lead=world.lead(name, f"+1303555{4000 + number}")) for number, name in enumerate(names)]
    for run in runs:
        assert isinstance(world.claim(run), Held)
    return runs


def ages(world: World, pause: Pause, time: timedelta) -> None:
    """Set a pause and everything due back, as if so much time had passed on the database's clock."""
    world.rows("UPDATE pause SET at = at - :time WHERE id = :id", time=time, id=pause.id)
    world.rows("UPDATE message SET expires_at = expires_at - :time", time=time)
