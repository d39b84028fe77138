"""Puts the stand-in together."""

from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from deploy.local.standins.hubspot.api import CrmApi
from deploy.local.standins.hubspot.door_keeping import DoorKeeper
from deploy.local.standins.hubspot.errors import refusal
from deploy.local.standins.hubspot.object_types import object_type
from deploy.local.standins.hubspot.property_definitions import PropertyDefinitions
from deploy.local.standins.hubspot.records import Records
from deploy.local.standins.hubspot.store import SCHEMA, Store
from deploy.local.standins.kit.closing import close_with
from deploy.local.standins.kit.control import control_routes
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.door import Door
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import RequestLog

NAME = "hubspot"


def make_application(
    token: str, own_property: str, state_dir: Path, unique_properties: Iterable[tuple[str, str]]
) -> web.Application:
    """The stand-in over the state in `state_dir`.

    Args:
        token: the access token of the private app.
        own_property: the property whose value goes into the request log as `token`.
        state_dir: where the database and the request log are kept.
        unique_properties: (type, name) of properties that shall exist from the start.
    """
    database = open_database(state_dir / f"{NAME}.sqlite3", SCHEMA)
    log = RequestLog(state_dir / f"{NAME}.requests.jsonl")
    plan = FaultPlan()
    store = Store(database)
    definitions = PropertyDefinitions(store)
    records = Records(store, definitions)
    for type_name, name in unique_properties:
        _ensure_unique(definitions, type_name, name)

    keeper = DoorKeeper(Door(plan, log, refusal), records, token, own_property)
    app = web.Application()
    close_with(app, log, database)
    app.add_routes(CrmApi(store, records, definitions, keeper).routes())
    app.add_routes(control_routes(NAME, plan, log))
    return app


def _ensure_unique(definitions: PropertyDefinitions, type_name: str, name: str) -> None:
    kind = object_type(type_name)
    if name in definitions.names(kind):
        return
    group = f"{kind.singular.lower()}information"
    form = {"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": group}
    definitions.create(kind, form | {"hasUniqueValue": True})
