"""Taking back, put together as the worker does it."""

from sqlalchemy import Engine

from activities.ports import Crm
from activities.taking_back import TakingBackActivities
from models.database.undos import Undos
from worker import Outside, undoers


def taking_back(engine: Engine, crm: Crm | None) -> TakingBackActivities:
    return TakingBackActivities(Undos(engine), undoers(engine, Outside({}, {}, crm)))
