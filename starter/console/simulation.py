"""What a sequence would do, to the minute, before anybody approves it or starts it. Nothing is sent, and nothing stays."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Query
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import BaseModel

from models.database import library, whose
from models.database.engine import transaction
from models.failure_classes import FailureClass
from models.settings import Settings
from models.simulating.order import SimulationOrder
from models.simulating.timetable import Timetable
from models.terms import LeadSource, Role, RunKind
from starter.api.scoped import readable
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import Visit, visit_of
from starter.problems import Problem
from starter.resources import Uses
from starter.simulating import given, lines
from starter.simulating.picture import Picture
from starter.simulating.process import CannotSimulate, NotInstalled, simulate

router = console_router()
MAY_SIMULATE = frozenset({Role.SALES_OPS, Role.APPROVER, Role.ENGINEER})
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico",
)  # fmt: skip
HAPPENS = {
    "approve_after": "approve", "reply_after": "reply", "opt_out_after": "opt_out", "fails_after": "delivery_failure",
    "pause_after": "pause",
}  # fmt: skip
AT_ONCE = BoundedSemaphore(1)
"""A simulation has a database server and a Temporal server of its own: one at a time in each process."""


def _may_simulate(visit: Annotated[Visit, Depends(visit_of)]) -> Visit:
    visit.caller.refuse_unless(MAY_SIMULATE)
    return visit


MaySimulate = Annotated[Visit, Depends(_may_simulate)]


class Asked(BaseModel):
    """The form as it was filled in."""

    sequence: str = ""
    client: str = ""
    start: str = ""
    days: str = "30"
    source: str = LeadSource.WEB_FORM
    postal_code: str = ""
    time_zone: str = ""
    service_type: str = ""
    approve_after: str = "2h"
    reply_after: str = ""
    reply_says: str = "Yes, please call me"
    opt_out_after: str = ""
    fails_after: str = ""
    pause_after: str = ""
    pause_lasts: str = "2d"

    def order(self, zone: str) -> SimulationOrder:
        """Return what is asked for. Raises CannotSimulate with what is wrong."""
        says = {"reply": {"says": self.reply_says}, "pause": {"lasts": self.pause_lasts}}
        says["delivery_failure"] = {"says": FailureClass.TRANSIENT}
        events = [
            {"kind": kind, "after": after, **says.get(kind, {})}
            for field, kind in HAPPENS.items()
            if (after := getattr(self, field).strip())
        ]
        lead = {name: getattr(self, name) for name in ("source", "postal_code", "time_zone", "service_type")}
        return given.order(
            {
                "sequence": self.sequence,
                "client": self.client,
                "start": given.moment(self.start),
                "lasts": f"{self.days}d",
                "lead": lead,
                "agency_zone": zone,
                "events": events,
            }
        )


@router.get("/console/simulation")
def show(
    visit: MaySimulate,
    uses: Uses,
    sequence: Annotated[str, Query(max_length=200)] = "",
    client: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show the form, for a sequence if one is named."""
    tomorrow = datetime.now(UTC).astimezone(ZoneInfo(visit.zone)) + timedelta(days=1)
    start = tomorrow.replace(hour=16, minute=40, tzinfo=None)
    return _page(visit, uses, Asked(sequence=sequence, client=client, start=f"{start:%Y-%m-%dT%H:%M}"))


@router.post("/console/simulation")
def run(visit: MaySimulate, uses: Uses, asked: Annotated[Asked, Form()]) -> Response:
    """Simulate, in a process of its own, and show what would happen."""
    if not AT_ONCE.acquire(blocking=False):
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "another simulation is running here; try again in half a minute")
    try:
        with transaction(uses.engine) as session:
            readable(session, visit.caller, asked.client)
        table = simulate(asked.order(visit.zone), uses.settings.simulation.within, _environment(uses.settings))
    except NotInstalled as missing:
        return _page(visit, uses, asked, missing=str(missing))
    except CannotSimulate as refused:
        return _page(visit, uses, asked, problem=str(refused))
    finally:
        AT_ONCE.release()
    return _page(visit, uses, asked, table=table)


def _page(
    visit: Visit, uses: Uses, asked: Asked, table: Timetable | None = None, problem: str = "", missing: str = ""
) -> Response:
    with transaction(uses.engine) as session:
        clients = [
            (client.key, f"{client.name} ({client.time_zone})")
            for client in whose.clients_among(session, visit.caller.clients)
        ]
        found = {
            version.key: version.title
            for version in library.sequences(session)
            if version.kind is RunKind.OUTREACH and version.steps
        }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return page(
        "simulation.html.jinja",
        visit,
        status,
        asked=asked,
        clients=clients,
        sequences=sorted(found.items()),
        sources=[(source.value, source.replace("_", " ")) for source in LeadSource],
        zones=[("", "Not known: as the postal code and the client tell"), *((zone, zone) for zone in ZONES)],
        problem=f"{problem[:1].upper()}{problem[1:]}",
        unknown=asked.sequence if asked.sequence and asked.sequence not in found else "",
        missing=missing,
        shown=_shown(table) if table is not None else None,
    )


def _shown(table: Timetable) -> dict[str, Any]:
    zone = table.zones[0]
    return {
        "table": table,
        "ending": lines.ending(table),
        "picture": Markup(Picture(table).svg()),  # noqa: S704  (made here, its texts escaped)
        "columns": lines.COLUMNS,
        "lines": list(lines.lines(table)),
        "messages": [(lines.about(message, zone), message) for message in table.messages],
        "calendar": lines.calendar_of(table),
    }


def _environment(settings: Settings) -> dict[str, str]:
    """Return the settings that the process needs, as they are here."""
    return {
        "COMMS_DATABASE__URL": settings.database.url.get_secret_value(),
        "COMMS_DATABASE__DECISION_KEY": settings.database.decision_key.get_secret_value(),
        "COMMS_SIMULATION__DATABASE_URL": settings.simulation.database_url.get_secret_value(),
        "COMMS_PUBLIC_BASE_URL": settings.public_base_url,
    }
