"""What the demonstration shows: progress while it runs, then a table of what happened to each lead and why."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local.demo.stories import Story

CHANNELS = {"sms": "text", "email": "email"}


def describe_messages(run: Mapping[str, Any]) -> str:
    """Return what left and what came of it, one line per message that was asked to leave."""
    lines = []
    for message in run["messages"]:
        if message.get("audience") == "staff" or message["state"] in ("planned", "cancelled"):
            continue
        what = f"{CHANNELS[message['channel']]} {message['step']}"
        if message["occurrence"] > 1:
            what += f" (repeat {message['occurrence']})"
        told = message["delivery"] or message["reason"] or message["state"]
        lines.append(f"{what}: {told.replace('_', ' ')}")
    return "\n".join(lines) or "nothing was sent"


def describe_why(run: Mapping[str, Any]) -> str:
    """Return the events that decided, in order, without the routine ones."""
    telling = {
        "approval_decided": "{actor}: {reason}",
        "approval_refused": "refused approval: {reason}",
        "opted_out": "opted out",
        "reply_received": "replied ({reason})",
        "message_in_doubt": "outcome unknown: {reason}",
        "message_accepted": "known as sent by {source}",
        "message_not_sent": "not sent: {reason}",
        "message_refused": "provider: {reason}",
        "delivery_failed": "delivery failed: {reason}",
        "paused": "paused by {actor}",
        "resumed": "resumed by {actor}",
        "handed_over": "handed to the CRM",
        "rolled_back": "hand-over taken back",
    }
    lines: list[str] = []
    for event in run["timeline"]:
        if event["kind"] == "message_accepted" and event["source"] == "workflow":
            continue
        sentence = telling.get(event["kind"])
        if sentence:
            line = sentence.format(
                **{name: str(event[name]).replace("_", " ") for name in ("actor", "reason", "source")}
            )
            lines.append(line)
    return "\n".join(dict.fromkeys(lines))


def outcomes(console: Console, told: list[tuple[Story, Mapping[str, Any]]]) -> bool:
    """Print the table. Returns whether every lead ended as its story says."""
    table = Table(title="What happened to each lead, and why", show_lines=True, title_justify="left")
    for heading in ("lead", "story", "outcome", "messages", "why"):
        table.add_column(heading, overflow="fold")
    as_told = True
    for story, run in told:
        outcome = run["outcome"] or run["state"]
        ends_well = outcome == story.ends
        as_told = as_told and ends_well
        shown = f"[green]{outcome}[/]" if ends_well else f"[red]{outcome}, expected {story.ends}[/]"
        table.add_row(story.name, story.tells, shown, escape(describe_messages(run)), escape(describe_why(run)))
    console.print(table)
    return as_told
