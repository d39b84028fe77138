"""How a lead event is explained: what came of it, each reason, and what would have to change."""

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from models.plurals import counted
from models.terms import ConsentKind
from starter import words
from starter.comms.showing import moment, out, table

OUTCOMES = {
    "accepted": "its run was asked for",
    "duplicate": "it was added to what is known already",
    "needs_person": "it waits for a person; nothing is sent",
    "kept": "the lead is stored; nothing is sent",
    "test": "its source tried out its connection; nobody is ever written to because of it",
    "ignored": "it is no lead",
    "closed": "a person has closed it without a run",
}


def show_lead_event(found: Mapping[str, Any]) -> None:
    """Print why a lead event did, or did not, become a run."""
    event = found["lead_event"]
    came = f"{event['way'].replace('_', ' ')} ({event['account']}) for {event['client']}"
    tree = Tree(f"[bold]Lead event {event['id']}[/bold]: {escape(came)}")
    tree.add(f"{escape(event['state'].replace('_', ' '))}: {OUTCOMES[event['state']]}")
    for reason in found["reasons"]:
        tree.add(escape(f"because {reason['in_words']}")).add(escape(f"what would help: {reason['would_help']}"))
    happened = (
        f", {counted(round(event['age'].total_seconds() / 60), 'minute')} after it happened"
        if event["occurred_at"]
        else ""
    )
    tree.add(f"came in at {moment(event['received_at'])}{happened}")
    if found["answer"]:
        tree.add(escape(found["answer"]))
    tree.add(escape(f"addresses: {', '.join(found['addresses']) or 'none that can be used'}"))
    tree.add(escape(f"permits: {_permits(found)}"))
    tree.add(
        escape(f"owner: {event['owner']}; starts: {event['sequence'] or 'what a member of staff chose, or nothing'}")
    )
    for what, name in (("run", "run_id"), ("lead", "lead_id"), ("added to lead event", "duplicate_of")):
        if event[name]:
            tree.add(f"{what}: {event[name]}")
    if event["inbox_id"]:
        tree.add(f"as it came: comms read {event['inbox_id']}")
    out.print(tree)
    told = ((moment(row["at"]), words.happened(row["kind"], row["reason"]), row["actor"]) for row in found["events"])
    out.print(table("What happened", ("when (UTC)", "what", "by"), told))
    if found["tasks"]:
        tasks = ((row["owner"], row["instruction"], _since(row)) for row in found["tasks"])
        out.print(table("On somebody's list", ("owner", "what to do", ""), tasks))


def _permits(found: Mapping[str, Any]) -> str:
    said = [
        f"{ConsentKind(given['kind']).name.lower()} by {given['channel']} ({given['source']})"
        for given in found["consents"]
    ]
    return ", ".join(said) or "nothing that it proves"


def _since(row: Mapping[str, Any]) -> str:
    if row["closed_at"]:
        return f"closed by {row['closed_by']} at {moment(row['closed_at'])}"
    return f"open since {moment(row['opened_at'])}"
