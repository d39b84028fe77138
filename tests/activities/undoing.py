"""Taking back, put together as the worker does it."""

from sqlalchemy import Engine

from activities.composition.outside import Outside
from activities.composition.taking_back import undoers
from activities.crm_ports import Crm
from activities.taking_back import TakingBackActivities
from models.database.undos import Undos


def taking_back(engine: Engine, crm: Crm | None) -> TakingBackActivities:
    return TakingBackActivities(Undos(engine), undoers(engine, Outside({}, {}, crm)))
