"""Filling the throw-away database: rules, texts, a client and a lead; then asking for the run as the API does."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from activities.library import SHIPPED, read_library
from deploy.simulation import copying
from models.addresses import normalise
from models.approving import ApprovalSubject
from models.copywriting import SequenceVersion
from models.database import intake, seeding
from models.database.events import Origin
from models.database.intake import Asked, Permission
from models.database.library import templates
from models.database.permission import approvals
from models.database.tables.copywriting import Sequence, Template
from models.database.tables.people import Client, Lead, Staff
from models.database.wording_marks import note_agency
from models.errors import Final
from models.simulating.order import SimulationOrder
from models.terms import Channel, ConsentKind, DecisionChannel, DecisionKind, Role
from starter.postal_codes import region_of

HERE = Origin("simulation", "simulation")
APPROVER = "simulated-approver"
"""Approves texts in the throw-away database, and nothing else."""
MADE_UP_CLIENT = {"name": "Simulated Plumbing", "phone": "+13035550100", "postal_address": "1 Simulated Road"}
_LISTENING = text("INSERT INTO heartbeat (part, at) VALUES ('inbound', clock_timestamp() + interval '10 years')")
_WHOLE = text(
    "INSERT INTO ledger_epoch (id, epoch, incarnation, reason, released_by) "
    "VALUES (1, 1, ledger_incarnation(), '', 'simulation') ON CONFLICT (id) DO UPDATE SET incarnation = excluded.incarnation"
)


class CannotSimulate(Final):
    """What was asked for cannot be simulated. The message says why and what to do."""


def fill(source: Session | None, target: Session, order: SimulationOrder, public_base_url: str) -> None:
    """Enter what every run needs: from the service's database, or from a library with a made-up client.

    Raises:
        CommsError: a text of the library is not usable; says which and why.
    """
    target.execute(_LISTENING)
    target.execute(_WHOLE)
    if source is not None:
        copying.copy_library(source, target)
        return
    note_agency(target, [public_base_url], [])
    seeding.seed_staff(target)
    path = SHIPPED if order.library == "shipped" else Path(str(order.library))
    seeding.add_library(target, read_library(path), "engineer", "approver" if order.as_approved else None)
    intake.put_client(target, order.client or "simulated", MADE_UP_CLIENT | {"time_zone": order.client_zone})


def request(source: Session | None, target: Session, order: SimulationOrder, start: datetime) -> tuple[UUID, list[str]]:
    """Enter the lead and ask for its run, as the API does. Returns the run, and what had to be assumed.

    Raises:
        CannotSimulate: there is no such client or sequence, or the client lacks what its texts show.
        UnknownRecord: there is no such lead.
        InvalidAddress: the made-up lead's number or address is none.
    """
    assumed: list[str] = []
    if order.lead_id is not None and source is not None:
        opened = copying.copy_lead(source, target, order.lead_id, start)
        lead = target.get_one(Lead, order.lead_id)
        client = target.get_one(Client, lead.client_id)
        if opened:
            assumed.append(f"{opened} other open runs of this person count as ended at the start.")
    else:
        found = intake.client_by_key(target, order.client or "simulated")
        if found is None:
            raise CannotSimulate(f"there is no client {order.client!r}; see `comms client list`")
        client, lead = found, _made_up(found, order, start)
    sequence = intake.sequence_by_key(target, order.sequence, order.version)
    if sequence is None:
        raise CannotSimulate(_no_sequence(target, order))
    if lacking := intake.lacking(target, client, sequence):
        missing = " and ".join(name.replace("_", " ") for name in lacking)
        raise CannotSimulate(f"its messages show the client's {missing}; enter it first")
    approved = copying.approved_texts(source) if source is not None else set[UUID]()
    if waiting := _approve(target, sequence, approved, order.as_approved):
        assumed.append(f"Counted as approved, although nobody has approved them yet: {', '.join(waiting)}.")
    if order.lead_id is None:
        lead = intake.keep_lead(target, lead)
        permissions, said = _permissions(target, order, sequence)
        assumed.append(said)
        intake.permit(target, lead, permissions, HERE)
    started = intake.request_run(target, lead, sequence, None, Asked(HERE.actor, "simulation", "simulation"))
    return started.run_id, assumed


def _made_up(client: Client, order: SimulationOrder, start: datetime) -> Lead:
    given = order.lead
    return Lead(
        client_id=client.id,
        source=given.source,
        source_lead_id="simulation",
        first_name=given.first_name,
        phone=normalise(Channel.SMS, given.phone) if given.phone else "",
        email=normalise(Channel.EMAIL, given.email) if given.email else "",
        postal_code=given.postal_code,
        region=region_of(given.postal_code) if given.postal_code else None,
        time_zones=[given.time_zone] if given.time_zone else [],
        service_type=given.service_type,
        occurred_at=start,
    )


def _permissions(session: Session, order: SimulationOrder, sequence: Sequence) -> tuple[list[Permission], str]:
    if not order.lead.has_permitted:
        return [], f"The lead has permitted what somebody permits who comes by {order.lead.source}, and nothing more."
    version = SequenceVersion.model_validate(sequence.definition)
    wanted = {(step.template, step.version) for step in version.steps}
    rows = session.exec(select(Template).where(col(Template.key).in_({key for key, _ in wanted})))
    rung = max((row.consent_needed for row in rows if (row.key, row.version) in wanted), default=1)
    kind = ConsentKind(rung)
    permitted = [Permission(channel, kind, "web_form", evidence="simulation") for channel in Channel]
    return permitted, f"The lead has permitted {kind.name.lower()} messages by text and email."


def _approve(session: Session, sequence: Sequence, approved: set[UUID], also_waiting: bool) -> list[str]:
    """Approve what is approved, here anew, and what only waits if that is wished; return the names of the latter."""
    version = SequenceVersion.model_validate(sequence.definition)
    wanted = {(step.template, step.version) for step in version.steps}
    rows = [
        row for row in templates(session) if (row["key"], row["version"]) in wanted and row["approval"] != "approve"
    ]
    by = Origin(HERE.source, APPROVER)
    session.merge(Staff(handle=APPROVER, roles=[Role.APPROVER]))
    session.flush()
    for row in rows:
        if row["id"] in approved or also_waiting:
            asked = approvals.of(session, ApprovalSubject.TEMPLATE, row["id"]) or approvals.open_for_template(
                session, row["id"], row["content_hash"], version.approver, row["created_by"]
            )
            approvals.decide(session, asked.id, DecisionKind.APPROVE, asked.content_hash, by, DecisionChannel.COMMAND)
    return [f"{row['key']} v{row['version']}" for row in rows if also_waiting and row["id"] not in approved]


def _no_sequence(session: Session, order: SimulationOrder) -> str:
    known = session.exec(select(Sequence.key, Sequence.version, Sequence.definition)).all()
    of_key = [f"v{version}" for key, version, _ in known if key == order.sequence]
    if of_key and any(d.get("kind", "outreach") != "outreach" for key, _, d in known if key == order.sequence):
        return f"{order.sequence} is no outreach sequence; only those can be simulated"
    if of_key:
        return f"there is no version {order.version} of {order.sequence}; there is {', '.join(sorted(of_key))}"
    names = sorted({key for key, _, definition in known if definition.get("kind", "outreach") == "outreach"})
    return f"there is no sequence {order.sequence!r}; there is {', '.join(names) or 'none'}"
