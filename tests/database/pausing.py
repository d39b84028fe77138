"""Putting and lifting pauses as short as tests want it: without previews, by the name of the scope."""

from sqlmodel import Session

from models.database.events import Origin
from models.database.permission import pauses, resuming
from models.database.permission.pauses import Terms


def put(session: Session, scope: str, paused: bool, reason: str, origin: Origin, owner: str) -> int | None:
    """Pause a scope, or lift every pause of it; the new epoch, or None if nothing changed."""
    if paused:
        put_on = pauses.put_on(session, Terms(scope, reason, owner), origin)
        return put_on.pause.epoch if put_on.changed else None
    lifted = [pauses.locked(session, pause.id) for pause in pauses.of_scope(session, scope)]
    for pause in lifted:
        resuming.let_go(session, pause, origin, reason, (), 1.0)
    return lifted[-1].epoch if lifted else None
