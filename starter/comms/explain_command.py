"""`comms explain`: why did this go out, why did it not, what happens next."""

from typing import Annotated, Any
from uuid import UUID

import typer
from sqlmodel import Session

from models.addresses import masked, normalise
from models.database import intake, timeline
from models.database.explaining import finding
from models.database.explaining.finding import Explainable, Found
from models.database.explaining.leads import explain_lead
from models.database.explaining.messages import explain_message
from models.database.explaining.runs import explain_run
from models.database.leads.explanation import explain_lead_event
from models.database.sending.facts import Rules
from models.explaining.answers import LeadExplanation, MessageExplanation, RunExplanation
from models.identity import SHORTEST_PREFIX
from models.terms import Channel
from starter.comms import completing, database_access
from starter.comms.explained import Happened, about_lead, about_message, about_run
from starter.comms.identifiers import beginning_of_id, withheld
from starter.comms.lead_explanation import show_lead_event
from starter.comms.problems import Problem
from starter.comms.showing import AsJson, out, show_json
from starter.words import happened

Explanation = MessageExplanation | RunExplanation | LeadExplanation | dict[str, Any]
Id = Annotated[
    str | None,
    typer.Argument(
        metavar="ID",
        autocompletion=completing.runs,
        help="Id of a message, a run, a lead or a lead event; eight characters are enough.",
    ),
]
Address = Annotated[str | None, typer.Option(help="Instead of an id: a phone number or email. Needs --client.")]
ClientKey = Annotated[
    str | None,
    typer.Option(autocompletion=completing.clients, help="With --address: key of the client whose lead it is."),
]


def explain_command(
    identity: Id = None, address: Address = None, client: ClientKey = None, as_json: AsJson = False
) -> None:
    """Explain a message, a run, a lead or a lead event: why it went out or did not, every check, what happens next.

    It reads the database itself, so that it works while the API or Temporal is down, and changes nothing. With --address it
    explains every lead of the client who has it. Exit code 0 if it was explained, 1 if there is no such thing or the
    beginning of an id fits several, 2 if the command is not understood. Moments are UTC.
    """
    if (identity is None) == (address is None):
        raise typer.BadParameter("name an id, or --address with --client")
    if (address is None) != (client is None):
        raise typer.BadParameter("--address and --client go together: leads and consent belong to one client")
    rules = database_access.AsTheGateIsSet().gate_rules
    with database_access.reading() as session:
        found = [_by_id(session, identity)] if identity else _by_address(session, str(address), str(client))
        explained = [_explained(session, one, rules) for one in found]
        events = [_happened(session, one) for one in found]
    if as_json:
        told = [_as_json(*one) for one in zip(explained, events, strict=True)]
        show_json(told if address else told[0])
        return
    for one, its_events in zip(explained, events, strict=True):
        _show(one, its_events)


def _by_id(session: Session, written: str) -> Found:
    digits = beginning_of_id(written)
    found = finding.by_prefix(session, digits) if digits else []
    match found:
        case [one]:
            return one
        case []:
            why = "" if digits else f" (an id is given by {SHORTEST_PREFIX} or more of its characters)"
            raise Problem(f"{withheld(written)} is not the id of a message, a run or a lead{why}")
        case _:
            several = ", ".join(f"{one.kind} {one.id}" for one in found)
            raise Problem(f"{written} is the beginning of more than one id: {several}. Give more of it.")


def _by_address(session: Session, address: str, key: str) -> list[Found]:
    client = intake.client_by_key(session, key)
    if client is None:
        raise Problem(f"there is no client {key!r}")
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    normalised = normalise(channel, address)
    leads = finding.leads_with_address(session, client.id, channel, normalised)
    if not leads:
        raise Problem(f"no lead of {key} has the address {masked(normalised)}, and none was written to there")
    return [Found(Explainable.LEAD, lead) for lead in leads]


def _explained(session: Session, found: Found, rules: Rules) -> Explanation:
    match found.kind:
        case Explainable.MESSAGE:
            return explain_message(session, found.id, rules)
        case Explainable.RUN:
            return explain_run(session, found.id, rules)
        case Explainable.LEAD:
            return explain_lead(session, found.id, rules)
        case Explainable.LEAD_EVENT:
            return explain_lead_event(session, found.id) or {}


def _happened(session: Session, found: Found) -> list[Happened]:
    """Return the log of a run, with the pauses that fell into its time."""
    run = timeline.run(session, UUID(str(found.id))) if found.kind is Explainable.RUN else None
    if run is None:
        return []
    return [
        Happened(event.at, happened(event.kind, event.reason), event.actor, event.source, event.client_safe_status)
        for event in timeline.events_of(session, run)
    ]


def _as_json(explained: Explanation, events: list[Happened]) -> dict[str, Any]:
    if isinstance(explained, dict):
        return explained
    told = explained.model_dump(mode="json")
    return told | {"events": [event._asdict() for event in events]} if events else told


def _show(explained: Explanation, events: list[Happened]) -> None:
    if isinstance(explained, dict):
        show_lead_event(explained)
        return
    match explained:
        case MessageExplanation():
            shown = about_message(explained)
        case RunExplanation():
            shown = about_run(explained, events)
        case LeadExplanation():
            shown = about_lead(explained)
    for part in shown:
        out.print(part)
