"""Leads that come in by themselves, from sources with their own addresses and credentials: no member of staff starts them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local.demo.stories import CLIENT
from deploy.local.office import Office
from deploy.local.players import angi, thumbtack
from deploy.local.players.request import Sent

SEQUENCE = "demo_missed_call"


@dataclass(frozen=True)
class Arrival:
    """One lead event, what became of it, and whether that is what the story says."""

    source: str
    tells: str
    became: str
    why: str
    as_told: bool


async def leads_by_themselves(office: Office) -> list[Arrival]:
    """Play a lead and a message of Thumbtack, and a lead of Angi that permits no machine to write. Tells what became of each."""
    return list(await asyncio.gather(_thumbtack(office), _angi(office)))


def show(console: Console, arrivals: list[Arrival]) -> bool:
    """Print what came in by itself. Returns whether all went as told."""
    table = Table(title="Leads that came in by themselves", show_lines=True, title_justify="left")
    for heading in ("source", "story", "outcome", "why"):
        table.add_column(heading, overflow="fold")
    for one in arrivals:
        shown = f"[green]{one.became}[/]" if one.as_told else f"[red]{one.became}[/]"
        table.add_row(one.source, one.tells, shown, escape(one.why))
    console.print(table)
    return all(one.as_told for one in arrivals)


async def _thumbtack(office: Office) -> Arrival:
    address, secret = await _door(office, "thumbtack")
    await _post(address, thumbtack.sent(thumbtack.lead("3035550121"), secret))
    event = await _event(office, "thumbtack")
    run = await office.run(event["run_id"])
    while not any(message["state"] == "accepted" for message in run["messages"]) and run["state"] != "closed":
        await asyncio.sleep(0.3)
        run = await office.run(event["run_id"])
    await _post(address, thumbtack.sent(thumbtack.message("Monday would be fine"), secret))
    while run["state"] != "closed":
        await asyncio.sleep(0.3)
        run = await office.run(event["run_id"])
    tells = "a lead with a number is texted; then the customer writes on Thumbtack"
    why = "A message on Thumbtack is a reply: the automation ended, and a person answers."
    return Arrival("Thumbtack", tells, run["outcome"], why, run["outcome"] == "replied")


async def _angi(office: Office) -> Arrival:
    address, secret = await _door(office, "angi")
    await _post(address, angi.sent(angi.lead("+13035550122", compliant=False), secret))
    event = await _event(office, "angi")
    task = next(task for task in await office.ask("sales-ops", "GET", "/v1/tasks") if task["subject"] == event["id"])
    tells = "a lead that permits no automated messages"
    as_told = event["state"] == "needs_person" and event["run_id"] is None
    return Arrival("Angi", tells, event["state"], f"With {task['owner']}: {event['in_words']}.", as_told)


async def _door(office: Office, way: str) -> tuple[str, str]:
    body = {"client": CLIENT["key"], "sequence": SEQUENCE, "response_window": "P365D", "new_secret": True}
    said: Mapping[str, Any] = await office.ask("sales-ops", "PUT", f"/v1/lead-sources/{way}/acme", body)
    return said["web_hook"], said["secret"]


async def _post(address: str, sent: Sent) -> None:
    """Bring a request as its source would: again, as long as nobody answers."""
    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                answer = await http.post(address, content=sent.body, headers=sent.headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500:
                answer.raise_for_status()
                return
            await asyncio.sleep(0.5)


async def _event(office: Office, way: str) -> dict[str, Any]:
    page = await office.ask("sales-ops", "GET", f"/v1/lead-events?way={way}")
    found: dict[str, Any] = page["events"][-1]
    return found
