"""`comms simulate`: what would a sequence do, to the minute, for weeks ahead? Nothing is sent."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import Field
from pydantic_settings import BaseSettings
from rich.markup import escape

from models.settings import Settings
from models.simulating.order import Occurrence
from models.simulating.timetable import Timetable, What
from models.simulation_settings import SimulationSettings
from models.terms import LeadSource
from starter.comms.identifiers import run_id
from starter.comms.problems import Problem
from starter.comms.showing import AsJson, out, remark, remarks, show_json, table
from starter.simulating import given, lines
from starter.simulating.page import page_of
from starter.simulating.picture import Picture
from starter.simulating.process import CannotSimulate, simulate

STYLES = {What.SENT: "green", What.HELD: "yellow", What.NOT_SENT: "red", What.ENDS: "bold", What.COMES_IN: "magenta"}
A_LEAD = "Of a made-up lead"
HAPPENS = "What happens meanwhile"


class SimulationOnly(BaseSettings):
    """`COMMS_SIMULATION__…`."""

    model_config = Settings.model_config

    simulation: SimulationSettings = Field(default_factory=SimulationSettings)


def _happens(name: str, text: str) -> Any:
    return typer.Option(name, help=text, rich_help_panel=HAPPENS)


def _lead(text: str) -> Any:
    return typer.Option(help=text, rich_help_panel=A_LEAD)


def simulate_command(
    sequence: Annotated[str, typer.Option(help="Key of the sequence, such as missed_call.")],
    version: Annotated[int | None, typer.Option(help="Version of the sequence; the newest if left out.")] = None,
    lead: Annotated[str | None, typer.Option(metavar="FILE|ID", help="A lead of the database, or a file of fields.")] = None,
    start: Annotated[str, typer.Option("--from", help="When the lead comes in: 2027-03-05T16:40, or +2h. A moment without "
                                       "an offset is told in the client's zone.")] = "now",
    lasts: Annotated[str, typer.Option("--for", help="How far to look, such as 30d.")] = "30d",
    client: Annotated[str | None, typer.Option(help="Key of the client; it is needed for a made-up lead.")] = None,
    library: Annotated[str | None, typer.Option(metavar="FILE|shipped", help="Texts and sequences of a file, with the rules that "
                                                "ship and a made-up client, instead of the database's.")] = None,
    client_zone: Annotated[str | None, typer.Option(help="Zone of the made-up client.")] = None,
    as_is: Annotated[bool, typer.Option("--as-is", help="Let texts that nobody has approved count as not approved.")] = False,
    zone: Annotated[str, typer.Option(envvar="COMMS_CONSOLE__TIME_ZONE", help="The agency's zone, for its column.")] = "UTC",
    source: Annotated[LeadSource | None, _lead("Where it came from.")] = None,
    first_name: Annotated[str | None, _lead("")] = None,
    phone: Annotated[str | None, _lead("Tells zones and states; left out, it is a number that tells none.")] = None,
    email: Annotated[str | None, _lead("")] = None,
    postal_code: Annotated[str | None, _lead("Tells the state.")] = None,
    time_zone: Annotated[str | None, _lead("IANA name, if it is known.")] = None,
    service_type: Annotated[str | None, _lead("What they ask for.")] = None,
    no_consent: Annotated[bool, typer.Option("--no-consent", help="They have permitted only what their source says.",
                                             rich_help_panel=A_LEAD)] = False,
    events: Annotated[str | None, typer.Option(metavar="FILE|RUN", rich_help_panel=HAPPENS, help="A file of events, `- {after: 2d "
                                               "3h, reply: Yes please}`, or a run: what happened to it happens here too.")] = None,
    reply: Annotated[list[str] | None, _happens("--reply", "'+2d 3h: Yes please'. May be repeated, as all of these.")] = None,
    opt_out: Annotated[list[str] | None, _happens("--opt-out", "'+2d'")] = None,
    decision: Annotated[list[str] | None, _happens("--decision", "'+3h: approve' or '+3h: reject'")] = None,
    failure: Annotated[list[str] | None, _happens("--delivery-failure", "'+1d: transient': of the newest message.")] = None,
    pause: Annotated[list[str] | None, _happens("--pause", "'+4d: 2d' pauses the client for two days.")] = None,
    stop: Annotated[list[str] | None, _happens("--stop", "'+5d'")] = None,
    picture: Annotated[Path | None, typer.Option(help="Write the picture to FILE.svg, or all of it to FILE.html.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the exact timetable of a sequence for a lead, for weeks ahead, as the service itself would go through it.

    The service's own workflow, gate and rules run on time that is skipped, on a database that is thrown away. Nothing is sent, and
    the service's database is only read. Quiet hours, caps, holidays and changes of the clocks are those of the rules in force.
    """
    if picture is not None and picture.suffix not in (".svg", ".html"):
        raise typer.BadParameter("--picture writes FILE.svg or FILE.html")
    lead_given = {"source": source, "first_name": first_name, "phone": phone, "email": email, "postal_code": postal_code,
                  "time_zone": time_zone, "service_type": service_type}  # fmt: skip
    fields = {name: value for name, value in lead_given.items() if value is not None}
    happens = {Occurrence.REPLY: reply, Occurrence.OPT_OUT: opt_out, Occurrence.DELIVERY_FAILURE: failure,
               Occurrence.PAUSE: pause, Occurrence.STOP: stop}  # fmt: skip
    chosen = [given.event(kind, written) for kind, all_written in happens.items() for written in all_written or []]
    chosen += [given.decision(written) for written in decision or []]
    happened = _run_or_file(events)
    chosen += given.events_in(happened) if isinstance(happened, Path) else []
    asked: dict[str, Any] = _lead_fields(lead, fields)
    asked |= {"sequence": sequence, "version": version, "start": given.moment(start), "lasts": lasts, "library": library,
              "as_approved": not as_is, "agency_zone": zone, "events": chosen,
              "as_happened_to": happened if isinstance(happened, UUID) else None}  # fmt: skip
    asked |= {name: value for name, value in (("client", client), ("client_zone", client_zone)) if value is not None}
    if no_consent:
        asked["lead"] = {**asked.get("lead", {}), "has_permitted": False}
    order = given.order(asked)
    with remarks.status("simulating"):
        found = simulate(order, SimulationOnly().simulation.within)
    if picture is not None:
        picture.write_text(Picture(found).svg() if picture.suffix == ".svg" else page_of(found))
        remark(f"The picture is in {picture}.")
    if as_json:
        show_json(found.model_dump(mode="json"))
    else:
        _show(found)


def _lead_fields(lead: str | None, fields: dict[str, Any]) -> dict[str, Any]:
    if lead is None:
        return {"lead": fields}
    if Path(lead).is_file():
        of_file = given.lead_in(Path(lead))
        return {**of_file, "lead": {**of_file["lead"], **fields}}
    if fields:
        raise CannotSimulate("a lead of the database has its own fields; leave the others out")
    try:
        return {"lead_id": UUID(lead)}
    except ValueError:
        raise CannotSimulate(f"--lead {lead!r} is neither a file nor the id of a lead; see `comms leads`") from None


def _run_or_file(events: str | None) -> Path | UUID | None:
    """A run is named by its id or its workflow id; whatever else it is, is a file."""
    if events is None or Path(events).is_file():
        return None if events is None else Path(events)
    try:
        return run_id(events)
    except Problem:
        return Path(events)


def _show(found: Timetable) -> None:
    title = f"{found.title} ({found.sequence} v{found.version}) for {found.client}: lead in {', '.join(found.zones)}"
    rows = [
        tuple(
            _styled(cell, line.row.what)
            for cell in (line.day, line.local, line.agency, line.step, line.what, line.says)
        )
        for line in lines.lines(found)
    ]
    out.print(table(title, lines.COLUMNS, rows))
    out.print(f"\n[bold]{escape(lines.ending(found))}[/bold]\n")
    for message in found.messages:
        out.print(f"[bold]{escape(lines.about(message, found.zones[0]))}[/bold]")
        out.print("\n".join(part for part in (message.subject, message.body) if part), markup=False, style="dim")
    for said in [*lines.calendar_of(found), *found.assumptions]:
        remark(said)


def _styled(cell: str, what: What) -> str:
    style = STYLES.get(what)
    return f"[{style}]{escape(cell)}[/{style}]" if style and cell else escape(cell)
