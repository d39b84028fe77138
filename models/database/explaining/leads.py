"""Explaining a lead: where it came from, what it permits, every run and message, what it answered, what is next."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.addresses import address_hash, masked
from models.database.explaining import rows
from models.database.explaining.people import OneAddress, reply_lines, standings, tasks_on_lists
from models.database.explaining.runs import run_in_short
from models.database.leads import answer_times
from models.database.leads.answer_times import ANSWERED_AT
from models.database.sending.facts import Rules
from models.errors import UnknownRecord
from models.explaining import whats_next
from models.explaining.answers import LeadExplanation, Step, WayIn
from models.explaining.known import RunKnown
from models.explaining.lead_sentences import lead_answer
from models.explaining.phrases import Row
from models.terms import Channel

_LEAD = text(
    """
    SELECT l.id, l.client_id, c.key AS client, l.source, l.phone, l.email, l.region, l.time_zones, l.service_type, l.urgency,
        l.disposition, l.occurred_at, l.received_at
    FROM lead l JOIN client c ON c.id = l.client_id WHERE l.id = :lead
    """
)
_WAYS_IN = text(
    f"""
    SELECT e.id AS lead_event_id, e.way, e.source, a.account, e.state, e.reasons, e.received_at, e.occurred_at,
        {ANSWERED_AT} AS answered_at, clock_timestamp() AS asked_at
    FROM lead_event e JOIN source_account a ON a.id = e.source_account_id WHERE e.lead_id = :lead ORDER BY e.received_at
    """
)
_RUNS = text("SELECT id FROM run WHERE lead_id = :lead ORDER BY requested_at")
_REPLIES = text(
    "SELECT id, run_id, at, channel, label, body, ends_automation FROM reply WHERE lead_id = :lead ORDER BY at"
)
_TASKS = text(
    """
    SELECT id, kind, owner, instruction, opened_at, closed_at, closed_by FROM owner_task
    WHERE run_id = ANY(:runs) OR subject = ANY(:subjects) ORDER BY opened_at
    """
)


def explain_lead(session: Session, lead_id: UUID, rules: Rules, *, with_replies: bool = False) -> LeadExplanation:
    """Return what became of a lead. Reads only; takes no lock.

    Args:
        session: of the caller's transaction.
        lead_id: the lead.
        rules: what the gate is set to.
        with_replies: whether to show what they wrote, which only those may read who answer.

    Raises:
        UnknownRecord: there is no such lead.
    """
    lead = session.execute(_LEAD, {"lead": lead_id}).mappings().first()
    if lead is None:
        raise UnknownRecord(f"there is no lead {lead_id}")
    found = session.execute(_RUNS, {"lead": lead_id}).scalars()
    runs = [run for run in (rows.run(session, run_id) for run_id in found) if run is not None]
    addresses = _addresses(dict(lead), runs)
    where = {
        "runs": [run.row["id"] for run in runs],
        "subjects": [str(lead_id), *(address.hash for address in addresses)],
    }
    tasks = [dict(task) for task in session.execute(_TASKS, where).mappings()]
    replies = [dict(reply) for reply in session.execute(_REPLIES, {"lead": lead_id}).mappings()]
    return LeadExplanation(
        lead_id=lead_id,
        answer=lead_answer(dict(lead), runs),
        ways_in=[_way_in(dict(row)) for row in session.execute(_WAYS_IN, {"lead": lead_id}).mappings()],
        addresses=standings(session, lead["client_id"], addresses),
        runs=[run_in_short(session, run, rules) for run in runs],
        replies=reply_lines(replies, with_text=with_replies),
        next=_next(runs, tasks),
        tasks=tasks_on_lists(tasks),
        **{name: lead[name] for name in _SHOWN},
    )


def _way_in(row: dict[str, Any]) -> WayIn:
    told = {name: row[name] for name in WayIn.model_fields if name in row}
    return WayIn(**told, answer=answer_times.of_event(row))


def _addresses(lead: Row, runs: list[RunKnown]) -> list[OneAddress]:
    """Return the lead's addresses, and those its messages went to before they were corrected."""
    own = [
        OneAddress(channel.value, address_hash(str(lead["client_id"]), channel, address), masked(address))
        for channel, address in ((Channel.SMS, lead["phone"]), (Channel.EMAIL, lead["email"]))
        if address
    ]
    written_to = [
        OneAddress(message["channel"], message["address_hash"], masked(message["address"]))
        for run in runs
        for message in run.messages
    ]
    return list(dict.fromkeys([*own, *written_to]))


def _next(runs: list[RunKnown], tasks: list[dict[str, Any]]) -> list[Step]:
    """Return what comes next in the open runs, or else in the newest, then what is on people's lists."""
    going_on = [run for run in runs if run.row["closed_at"] is None] or runs[-1:]
    steps = [step for run in going_on for step in whats_next.course_of(run)]
    if not runs:
        steps = [Step(what="Nothing: no sequence was started for this lead.", who="nobody")]
    return [*steps, *(whats_next.on_list(task) for task in tasks if task["closed_at"] is None)]


_SHOWN = (
    "client", "source", "service_type", "urgency", "region", "time_zones", "disposition", "occurred_at", "received_at",
)  # fmt: skip
