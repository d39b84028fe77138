"""`comms explain`: why a message was, or was not, sent."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from models.database.explanation import explain
from models.database.leads.explanation import explain_lead_event
from starter import words
from starter.comms import database_access
from starter.comms.identifiers import run_id
from starter.comms.lead_explanation import show_lead_event
from starter.comms.run_commands import RunArgument
from starter.comms.showing import AsJson, moment, out, show_json, table


def explain_command(run: RunArgument, as_json: AsJson = False) -> None:
    """Show why each message of a run was or was not sent: gate, calls, evidence, and all that happened, in order.

    Given a lead event (see `comms leads`), it shows why a run was or was not started.

    It reads the database itself, so that it works while the API or Temporal is down. Moments are UTC.
    """
    identity = run_id(run)
    with database_access.session() as session:
        lead_event = explain_lead_event(session, identity)
        found = lead_event or explain(session, identity)
    if as_json:
        show_json(found)
        return
    if lead_event:
        show_lead_event(lead_event)
        return
    out.print(_about(found))
    for message in found["messages"]:
        out.print(_message(message))
    out.print(table("What happened", ("when (UTC)", "what", "by", "what the client may read"), _timeline(found)))
    if found["tasks"]:
        rows_of_tasks = ((row["owner"], row["instruction"], _since(row)) for row in found["tasks"])
        out.print(table("On somebody's list", ("owner", "what to do", ""), rows_of_tasks))


def _about(found: Mapping[str, Any]) -> Tree:
    run = found["run"]
    sequence = f"{run['sequence']} v{run['sequence_version']}"
    tree = Tree(f"[bold]Run {run['id']}[/bold]: {sequence} for {run['client']}")
    ended = f", ended: {run['outcome']}" if run["outcome"] else ""
    tree.add(escape(f"state: {run['state']}{ended}"))
    tree.add(escape(f"asked for by {run['requested_by']} at {moment(run['requested_at'])}"))
    tree.add(escape(f"owner: {run['owner']}; escalated to: {run['escalation_owner']}"))
    if run["started_at"] is None and run["closed_at"] is None:
        why = f" (last try: {run['announcement_error']})" if run["announcement_error"] else ""
        tree.add(f"not started yet: Temporal has not heard of it{escape(why)}")
    elif run["closed_at"] is None and not found["messages"]:
        tree.add("Temporal has heard of it; no worker has taken it up yet")
    for what in ("stop", "roll_back"):
        if run[f"{what}_requested_by"]:
            tree.add(escape(f"{what.replace('_', ' ')} requested by {run[f'{what}_requested_by']}"))
    for approval in found["approvals"]:
        tree.add(escape(f"approval {approval['id']}, {words.approval(approval)}"))
    return tree


def _message(message: Mapping[str, Any]) -> Tree:
    again = f", occurrence {message['occurrence']}" if message["occurrence"] > 1 else ""
    head = f"Step {message['step']}{again}, {message['channel']} to {message['address']}"
    tree = Tree(f"\n[bold]{escape(head)}[/bold]: {escape(words.standing(message))}")
    tree.add(f"[dim]message {message['id']}[/dim]")
    if message["gate"]:
        gate = tree.add("the gate, when it was last asked")
        for check in message["gate"]:
            mark = "[green]passed[/green]" if check["passed"] else "[red]stopped at[/red]"
            gate.add(f"{mark}: {escape(check['rule'])} ({escape(str(check['saw']))})")
    else:
        tree.add("the gate has not been asked yet")
    for line in _calls(message):
        tree.add(escape(line))
    if message["next_check_at"]:
        tree.add(f"next look at the provider: {moment(message['next_check_at'])}")
    return tree


def _calls(message: Mapping[str, Any]) -> Iterator[str]:
    lines = [(row["started_at"], words.attempt(row)) for row in message["attempts"]]
    lines += [(row["at"], words.evidence(row)) for row in message["evidence"]]
    for at, line in sorted(lines):
        yield f"{moment(at)} {line}"


def _timeline(found: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    lines = [(row["at"], _what(row), _by(row), row["client_safe_status"]) for row in found["events"]]
    lines += [(row["at"], words.consent(row), row["actor"], None) for row in found["consent"]]
    for at, *rest in sorted(lines, key=lambda line: line[0]):
        yield moment(at), *rest


def _what(row: Mapping[str, Any]) -> str:
    place = row["facts"].get("scope") or row["facts"].get("step")
    return words.happened(row["kind"], row["reason"]) + (f" ({place})" if place else "")


def _by(row: Mapping[str, Any]) -> str:
    return (
        row["actor"] if row["actor"] == row["source"] else f"{row['actor']} through {row['source'].replace('_', ' ')}"
    )


def _since(row: Mapping[str, Any]) -> str:
    if row["closed_at"]:
        return f"closed {moment(row['closed_at'])} by {row['closed_by']}"
    return f"open since {moment(row['opened_at'])}"
