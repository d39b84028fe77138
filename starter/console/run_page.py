"""The page of one run: a picture of all that happened, and why."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import Response

from models.database import timeline
from models.database.engine import snapshot
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.run_view import view_of
from starter.console.visiting import Anybody
from starter.resources import Uses

router = console_router()


@router.get("/console/runs/{run_id}")
def show(run_id: UUID, visit: Anybody, uses: Uses, clock: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Show a run. `clock` is a zone of its recipient, by which the picture then goes."""
    with snapshot(uses.engine) as session:
        found = timeline.existing(session, run_id)
        zones = list(dict.fromkeys([visit.zone, *found["time_zones"]]))
        zone = clock if clock in zones else visit.zone
        view = view_of(session, found, uses, visit.caller, ZoneInfo(zone))
    here = f"/console/runs/{run_id}" + (f"?clock={clock}" if zone != visit.zone else "")
    return page("run.html.jinja", visit, run=view, here=here, zone=zone, zones=zones)
