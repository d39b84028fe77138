"""How each kind of step is taken back."""

from sqlalchemy import Engine

from activities.composition.outside import Outside
from activities.crm_access import CrmAccess
from activities.undoing import MessageUndoer, PauseUndoer, PostUndoer
from activities.undoing_crm import CrmUndoer
from activities.undoing_ports import Undoer
from models.compensation import UndoKind
from models.database.handoffs import Handoffs
from models.database.portal.of_workflows import PostsOfWorkflows
from models.database.undo_standings import UndoStandings


def undoers(engine: Engine, outside: Outside) -> dict[UndoKind, Undoer]:
    """Return how each kind of step is taken back. What no undoer takes back is given to a person."""
    standings, handoffs = UndoStandings(engine), Handoffs(engine)
    return {
        UndoKind.SENT_MESSAGE: MessageUndoer(standings),
        UndoKind.CRM_HANDOFF: CrmUndoer(handoffs, CrmAccess(handoffs, outside.crm)),
        UndoKind.PAUSE: PauseUndoer(standings),
        UndoKind.PORTAL_POST: PostUndoer(PostsOfWorkflows(engine)),
    }
