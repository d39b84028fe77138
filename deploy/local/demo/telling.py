"""What the demonstration shows: progress while it runs, then a table of what happened to each lead and why."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local.demo.stories import Story

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
    """Return the events that decided, in order and in words, without the routine ones."""
    told = (
        f"{event['in_words']} ({event['actor']})" if event["kind"] in BY_PEOPLE else event["in_words"]
        for event in run["timeline"]
        if event["kind"] in TELLING or (event["kind"] == "message_accepted" and event["source"] != "workflow")
    )
    return "\n".join(dict.fromkeys(told))


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
