"""`make demo`: a fresh stack, the four stories on it, a table for each, an audit; nothing is left running."""

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from temporalio.client import Client

from deploy.local.clean_state import forget
from deploy.local.comms_command import comms
from deploy.local.demo import incident, reports, reviews, standing
from deploy.local.demo.afterwards import BOOKED_TITLE, TAKEN_BACK_TITLE, taken_back, told_by_crm
from deploy.local.demo.answering_doubts import People, answer_doubts
from deploy.local.demo.doors import leads_by_themselves
from deploy.local.demo.explaining import explain
from deploy.local.demo.lines import Line, show
from deploy.local.demo.stories import CLIENT, STORIES, Story
from deploy.local.demo.telling import outcomes, rules_in_effect
from deploy.local.demo.typing_in_ui import TemporalUi
from deploy.local.entering import enter
from deploy.local.office import Office
from deploy.local.parts import NoSuchPart, choose
from deploy.local.progress import Terminal
from deploy.local.site import REPOSITORY
from deploy.local.stack import LocalStack, StackOptions

LIBRARY = Path(__file__).parent / "library.yaml"
STATE = REPOSITORY / ".local" / "demo"
PATIENCE_SECONDS = 150
AFTER_A_KILL_SECONDS = 120
"""What a killed worker was doing is begun again once it is taken for dead."""
SETTINGS = {
    "COMMS_QUIET_HOURS": "always_open",
    "COMMS_TWILIO__REQUEST_TIMEOUT": "PT2S",
    "COMMS_SES__CONNECT_TIMEOUT": "PT1S",
    "COMMS_SES__READ_TIMEOUT": "PT2S",
    "COMMS_TIMERS__REQUEST": "PT3S",
    "COMMS_TIMERS__LEASE": "PT6S",
    "COMMS_TIMERS__START_TO_CLOSE": "PT8S",
    "COMMS_TIMERS__CHECKS": '["PT1S", "PT2S", "PT4S", "PT8S"]',
    "COMMS_TIMERS__EMAIL_PATIENCE": "PT8S",
    "COMMS_TWILIO__LOOKUPS_PER_MINUTE": "1200",
    "COMMS_TIMERS__SWEEP": "PT1S",
    "COMMS_TIMERS__ACTIVITY_RETRY": "PT1S",
    "COMMS_GOOGLE_BUSINESS__EVERY": "PT1S",
    "COMMS_GOOGLE_BUSINESS__PATIENCE": "PT1S",
}
"""Seconds instead of minutes, and no quiet hours: the recipients are made up."""


async def tell(story: Story, office: Office, ui: TemporalUi, people: People, console: Console) -> dict[str, Any]:
    """Play one lead's story to its end; return the run."""
    if story.fault:
        await office.inject(story.standin, _rule(story, story.fault["fault"], story.fault["params"]))
    for tag in story.tags:
        await office.inject(story.standin, _rule(story, tag, {}, times=None))
    run_id = await office.start(story.order(), key=f"demo-{story.name}")
    people[run_id] = story
    console.print(f"  [dim]{story.name}[/] {story.tells}")
    acting = asyncio.create_task(story.act(office, ui, run_id, story.phone)) if story.act else None
    while True:
        run = await office.run(run_id)
        if run["state"] == "closed" and (acting is None or acting.done()):
            break
        await asyncio.sleep(0.5)
    if acting:
        await acting
    console.print(f"  [green]✔[/] {story.name}: {run['outcome']}")
    return await office.run(run_id)


def _rule(story: Story, fault: str, params: dict[str, Any], times: int | None = 1) -> dict[str, Any]:
    match = {"recipient": story.phone, "operation": "create_message"}
    return {"id": f"{story.name}-{fault}", "match": match, "fault": fault, "params": params, "times": times}


async def disturb(stack: LocalStack, parts: list[str], console: Console) -> None:
    """Kill parts in the middle of it all, and start them again."""
    for name in parts:
        await asyncio.sleep(2.5)
        console.print(f"  [yellow]kill -9 {name}[/]")
        await stack.kill(name)
        await asyncio.sleep(1.5)
        await stack.start(name)
        console.print(f"  [yellow]{name} is back[/]")


@dataclass(frozen=True)
class Played:
    """What came of every story."""

    runs: list[dict[str, Any]]
    """Of the leads, in the order of `STORIES`."""
    arrivals: list[Line]
    asked: list[Line]
    report: list[Line]
    portal_link: str
    incident: list[Line]


async def play(stack: LocalStack, office: Office, kill: list[str], console: Console) -> Played:
    """Play all stories at once, while a person answers what is in doubt."""
    client = await Client.connect(stack.environment["COMMS_TEMPORAL__ADDRESS"])
    ui = TemporalUi(client, office)
    people: People = {}
    answering = asyncio.create_task(answer_doubts(office, people, console))
    try:
        async with (
            asyncio.timeout(PATIENCE_SECONDS + (AFTER_A_KILL_SECONDS if kill else 0)),
            asyncio.TaskGroup() as group,
        ):
            group.create_task(disturb(stack, kill, console))
            told = [group.create_task(tell(story, office, ui, people, console)) for story in STORIES]
            arriving = group.create_task(leads_by_themselves(office))
            asking = group.create_task(reviews.review_requests(office, people))
            reporting = group.create_task(reports.weekly_report(office, people))
            handling = group.create_task(incident.incident(office, people))
    finally:
        answering.cancel()
    report, link = reporting.result()
    runs = [task.result() for task in told]
    return Played(runs, arriving.result(), asking.result(), report, link, handling.result())


async def main(kill: list[str]) -> int:
    """Run the demonstration; return the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 130)
    began = time.monotonic()
    forget(STATE)
    progress = Terminal(console)
    options = StackOptions(settings=SETTINGS, progress=progress)
    async with LocalStack(STATE, options) as stack, Office(stack.urls, stack.site.credentials) as office:
        progress.done()
        _links(console, stack)
        console.print(
            f"\n[bold]{len(STORIES)} leads enter, jobs are done, a report is due, an incident comes[/] "
            "(all names, numbers and addresses are fictitious)"
        )
        await enter(stack, office, CLIENT, LIBRARY)
        played = await play(stack, office, kill, console)
        runs = {story.name: run for story, run in zip(STORIES, played.runs, strict=True)}
        booked = await told_by_crm(office, runs, stack.site.secrets.crm_app_secret)
        back = await taken_back(office, "Lea", runs["Lea"]["id"])
        as_told = [
            outcomes(console, list(zip(STORIES, played.runs, strict=True))),
            show(console, "Leads that came in by themselves", played.arrivals),
            show(console, BOOKED_TITLE, booked),
            show(console, TAKEN_BACK_TITLE, back),
            show(console, reviews.TITLE, played.asked),
            show(console, reports.TITLE, played.report),
            show(console, incident.TITLE, played.incident),
        ]
        explained = await explain(office, console, played.runs)
        rules = await office.ask("approver", "GET", f"/v1/rules?state=CO&client={CLIENT['key']}")
        rules_in_effect(console, rules)
        as_told.append(await standing.outputs(office, console))
        await standing.measures(office, console)
        audit = await asyncio.to_thread(comms, stack, "audit", "--requests", str(STATE))
        print(audit.stdout or audit.stderr)
    took = time.monotonic() - began
    console.print(f"\nIt took {took:.0f} s. Nothing is left running; the records are in {_shown(STATE)}.")
    console.print(
        f"To look around in them: [bold]python -m deploy.local --state-dir {_shown(STATE)}[/]. Then these open:"
    )
    console.print(f"  the report on the client's portal  {played.portal_link}")
    console.print(f"  every run in the Temporal UI       {stack.urls['temporal-ui']}")
    await asyncio.sleep(0.1)  # lets the Temporal client's threads end before the interpreter does
    # A part that was killed may leave a lead's end to a person; what must hold even then is the audit.
    return 0 if (all(as_told) or kill) and explained and audit.returncode == 0 else 1


def _links(console: Console, stack: LocalStack) -> None:
    console.print("\nWatch it live while it runs:")
    console.print(f"  Temporal UI  {stack.urls['temporal-ui']}")
    console.print(f"  API docs     {stack.urls['api']}/docs")


def _shown(path: Path) -> Path:
    return path.relative_to(REPOSITORY)


def command(
    kill: list[str] = typer.Option([], help="kill -9 this part in the middle: worker, temporal, postgres, api, relay"),  # noqa: B008
) -> None:
    """Run the main job as a story on real parts and audit it."""
    try:
        choose(kill)
    except NoSuchPart as error:
        raise typer.BadParameter(str(error), param_hint="--kill") from None
    raise SystemExit(asyncio.run(main(kill)))


if __name__ == "__main__":
    typer.run(command)
