"""How explanations look in a terminal: the answer first, then what would have to change, what is next, and all checks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from rich.console import RenderableType
from rich.markup import escape
from rich.tree import Tree

from models.explaining.answers import (
    AddressStanding,
    CheckLine,
    LeadExplanation,
    MessageExplanation,
    MessageInShort,
    Remedy,
    RunExplanation,
    Step,
    TaskOnList,
    Verdict,
)
from starter.comms.showing import moment, table
from starter.words import spoken

_MARKS = {
    Verdict.PASSED: "[green]passed[/green]",
    Verdict.STOPPED: "[red]stopped[/red]",
}


class Happened(NamedTuple):
    """One line of the log."""

    at: datetime | None
    in_words: str
    by: str
    through: str
    client_safe_status: str


def about_message(message: MessageExplanation) -> Iterator[RenderableType]:
    """Show one message."""
    tree = Tree(f"[bold]{escape(_head(message))}[/bold]")
    tree.add(f"[dim]message {message.message_id}, run {message.run_id}[/dim]")
    tree.add(f"[bold]{escape(message.question)}[/bold] {escape(message.answer)}")
    _remedies(tree, message.to_change)
    _steps(tree, message.next)
    asked = f"The gate, as it was asked last, at {moment(message.asked_at)}" if message.asked_at else "The gate"
    _checks(tree, asked, message.checks)
    if message.now:
        _checks(tree, f"If it were asked now: {message.now.answer}", message.now.checks)
    if message.calls:
        calls = tree.add("Calls, and what was said about them")
        for call in message.calls:
            calls.add(escape(f"{moment(call.at)} {call.in_words}"))
    yield tree


def about_run(run: RunExplanation, events: Iterable[Happened]) -> Iterator[RenderableType]:
    """Show a run, every message of it, what happened and what is on people's lists."""
    tree = Tree(f"[bold]Run {run.run_id}[/bold]: {escape(run.sequence or spoken(run.kind))} for {escape(run.client)}")
    tree.add(f"[bold]{escape(run.answer)}[/bold]")
    tree.add(escape(f"asked for by {run.requested_by} at {moment(run.requested_at)}"))
    about = f"; lead {run.lead_id}" if run.lead_id else ""
    tree.add(escape(f"owner: {run.owner}; escalated to: {run.escalation_owner}{about}"))
    _steps(tree, run.next)
    yield tree
    for message in run.messages:
        yield ""
        yield from about_message(message)
    yield from _people(run.addresses, (reply.in_words for reply in run.replies), run.tasks)
    rows = ((moment(one.at), one.in_words, _by(one), one.client_safe_status) for one in events)
    yield table("What happened", ("when (UTC)", "what", "by", "what the client may read"), rows)


def about_lead(lead: LeadExplanation) -> Iterator[RenderableType]:
    """Show what became of a lead."""
    tree = Tree(f"[bold]Lead {lead.lead_id}[/bold] of {escape(lead.client)}")
    tree.add(f"[bold]{escape(lead.answer)}[/bold]")
    what = [lead.service_type, lead.urgency, lead.region, ", ".join(lead.time_zones)]
    tree.add(escape("; ".join(["disposition: " + lead.disposition, *filter(None, what)])))
    for event in lead.ways_in:
        why = f" ({', '.join(event.reasons)})" if event.reasons else ""
        came = f"{event.way} ({event.account}) at {moment(event.received_at)}: {event.state}{why}".replace("_", " ")
        branch = tree.add(f"came in by {escape(came)} [dim]lead event {event.lead_event_id}[/dim]")
        if event.answer:
            branch.add(escape(event.answer.in_words))
    _steps(tree, lead.next)
    for run in lead.runs:
        branch = tree.add(f"[bold]Run {run.run_id}[/bold] ({escape(run.sequence or '–')}): {escape(run.answer)}")
        for message in run.messages:
            branch.add(f"{escape(_step(message))}: {escape(message.answer)} [dim]message {message.message_id}[/dim]")
    yield tree
    yield from _people(lead.addresses, (reply.in_words for reply in lead.replies), lead.tasks)


def _people(
    addresses: Sequence[AddressStanding], replies: Iterable[str], tasks: Sequence[TaskOnList]
) -> Iterator[RenderableType]:
    consent = Tree("[bold]What may be sent to them[/bold]")
    for address in addresses:
        branch = consent.add(escape(f"{address.channel} to {address.to}: {address.in_words}"))
        for event in address.history:
            branch.add(escape(f"{moment(event.at)} {event.in_words} (consent event {event.id})"))
    if addresses:
        yield consent
    written = Tree("[bold]What they wrote[/bold]")
    for reply in replies:
        written.add(escape(reply))
    if written.children:
        yield written
    if tasks:
        rows = ((task.owner, task.instruction, _since(task)) for task in tasks)
        yield table("On somebody's list", ("owner", "what to do", ""), rows)


def _head(message: MessageExplanation) -> str:
    what = {"staff": "Notice", "test": "Test"}.get(message.audience) or _step(message.in_short)
    return f"{what} to {message.to}"


def _step(message: MessageInShort) -> str:
    again = f", occurrence {message.occurrence}" if message.occurrence > 1 else ""
    return f"Step {message.step}{again}, {message.channel}"


def _remedies(tree: Tree, remedies: Sequence[Remedy]) -> None:
    if not remedies:
        return
    branch = tree.add("What would have to change")
    for remedy in remedies:
        line = branch.add(escape(f"{remedy.change} Who: {remedy.who}."))
        for how in remedy.how:
            line.add(f"[cyan]{escape(how)}[/cyan]")


def _steps(tree: Tree, steps: Sequence[Step]) -> None:
    branch = tree.add("What happens next")
    for step in steps:
        when = f"{moment(step.at)} " if step.at else ""
        who = "" if step.who == "nobody" else f" ({step.who})"
        branch.add(escape(f"{when}{step.what}{who}"))


def _checks(tree: Tree, title: str, checks: Sequence[CheckLine]) -> None:
    branch = tree.add(escape(title))
    for (verdict, in_words), alike in groupby(checks, key=_not_asked_alike):
        lines = list(alike)
        if verdict is Verdict.NOT_ASKED:
            numbers = f"{lines[0].number:>2}" if len(lines) == 1 else f"{lines[0].number:>2} to {lines[-1].number}"
            names = ", ".join(line.rule for line in lines)
            why = str(in_words).removeprefix("Not asked: ").rstrip(".")
            branch.add(f"[dim]{numbers} not asked: {escape(names)} ({escape(why)})[/dim]")
            continue
        for check in lines:
            line = branch.add(f"{check.number:>2} {_MARKS[verdict]} {escape(check.rule)}: {escape(check.in_words)}")
            if check.to_change:
                line.add(escape(f"{check.to_change.change} Who: {check.to_change.who}."))


def _not_asked_alike(check: CheckLine) -> tuple[Verdict, str | None]:
    return check.verdict, check.in_words if check.verdict is Verdict.NOT_ASKED else None


def _by(one: Happened) -> str:
    return one.by if one.by == one.through else f"{one.by} through {one.through.replace('_', ' ')}"


def _since(task: TaskOnList) -> str:
    if task.closed_at:
        return f"closed {moment(task.closed_at)} by {task.closed_by}"
    return f"open since {moment(task.opened_at)}"
