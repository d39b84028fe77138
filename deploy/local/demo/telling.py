"""What the demonstration shows: progress while it runs, then a table of what happened to each lead and why."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local.demo.stories import Story
from models.notices import APPROVAL_NOTICE_STEP

BY_PEOPLE = {"approval_decided", "approval_refused", "paused", "resumed", "roll_back_requested"}
TELLING = BY_PEOPLE | {
    "opted_out",
    "reply_received",
    "message_in_doubt",
    "message_not_sent",
    "message_refused",
    "delivery_failed",
    "handed_over",
    "handoff_failed",
    "rolled_back",
}
"""Kinds of events that explain an outcome."""
PROOFS = {
    "twilio": "A callback with our token proved that it was sent.",
    "ses": "An event with our token proved that it was sent.",
    "reconciler": "It was found in the provider's list: it was sent.",
    "api": "A person said that it was sent.",
}
"""How it became known that a message was sent, where the provider's answer did not tell."""
CHANNELS = {"sms": "text", "email": "email"}


def describe_messages(run: Mapping[str, Any]) -> str:
    """Return what left and what came of it, one line per message that was asked to leave."""
    lines = []
    for message in run["messages"]:
        if message["state"] in ("planned", "cancelled"):
            continue
        if message["step"] == APPROVAL_NOTICE_STEP:
            lines.append(f"notice to the approver: {message['delivery'] or message['state']}")
            continue
        what = f"{CHANNELS[message['channel']]} {message['step']}"
        if message["occurrence"] > 1:
            what += f" (repeat {message['occurrence']})"
        told = message["delivery"] or message["reason"] or message["state"]
        lines.append(f"{what}: {told.replace('_', ' ')}")
    return "\n".join(lines) or "nothing was sent"


def describe_why(run: Mapping[str, Any]) -> str:
    """Return the events that decided, in order and in words, without the routine ones."""
    told = [line for event in run["timeline"] if (line := _in_words(event))]
    if run["outcome"] == "no_response":
        told.append("Nobody answered in time.")
    return "\n".join(dict.fromkeys(told))


def _in_words(event: Mapping[str, Any]) -> str:
    words = str(event["in_words"])
    match event["kind"]:
        case "message_accepted":
            return PROOFS.get(event["source"], "")
        case "message_refused" if event["facts"].get("may_repeat"):
            return f"{words} It was tried again."
        case kind if kind in BY_PEOPLE:
            return f"{words} ({event['actor'].replace('_', ' ')})"
        case kind:
            return words if kind in TELLING else ""


def outcomes(console: Console, told: list[tuple[Story, Mapping[str, Any]]]) -> bool:
    """Print the table. Returns whether every lead ended as its story says."""
    table = Table(title="What happened to each lead, and why", show_lines=True, title_justify="left")
    for heading in ("lead", "story", "outcome", "messages", "why"):
        table.add_column(heading, overflow="fold")
    as_told = True
    for story, run in told:
        outcome = run["outcome"] or run["state"]
        missing = set(story.needs) - {event["kind"] for event in run["timeline"]}
        ends_well = outcome == story.ends and not missing
        as_told = as_told and ends_well
        shown = (
            f"[green]{outcome}[/]" if ends_well else f"[red]{outcome}, expected {' '.join((story.ends, *missing))}[/]"
        )
        table.add_row(story.name, story.tells, shown, escape(describe_messages(run)), escape(describe_why(run)))
    console.print(table)
    return as_told


def rules_in_effect(console: Console, found: Mapping[str, Any]) -> None:
    """Print when these leads may be written to, and by whose rules."""
    table = Table(
        title=f"When they may be written to ({', '.join(found['places'])}, {found['on']})", title_justify="left"
    )
    for heading in ("rule", "whose", "what it says", "source"):
        table.add_column(heading, overflow="fold")
    for rule in found["rules"]:
        table.add_row(
            str(rule["id"]), rule["client"] or rule["jurisdiction"], escape(rule["in_words"]), escape(rule["source"])
        )
    console.print(table)
    console.print(
        f"Together: {found['follow_up']}; an answer within ten minutes {found['at_once']}. This demonstration has hours and "
        "caps switched off, so that it works at night too. [bold]comms rules[/] lists, adds and supersedes rules."
    )
