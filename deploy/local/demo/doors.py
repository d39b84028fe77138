"""Leads that come in by themselves, from sources with their own addresses and credentials: no member of staff starts them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from deploy.local.demo.lines import Line
from deploy.local.demo.stories import CLIENT
from deploy.local.office import Office
from deploy.local.players import angi, thumbtack

SEQUENCE = "demo_missed_call"


async def leads_by_themselves(office: Office) -> list[Line]:
    """Play a lead and a message of Thumbtack, and a lead of Angi that permits no machine to write. Tells what became of each."""
    return list(await asyncio.gather(_thumbtack(office), _angi(office)))


async def _thumbtack(office: Office) -> Line:
    address, secret = await _door(office, "thumbtack")
    await office.bring(address, thumbtack.sent(thumbtack.lead("3035550121"), secret))
    event = await _event(office, "thumbtack")
    run = await office.run(event["run_id"])
    while not any(message["state"] == "accepted" for message in run["messages"]) and run["state"] != "closed":
        await asyncio.sleep(0.3)
        run = await office.run(event["run_id"])
    await office.bring(address, thumbtack.sent(thumbtack.message("Monday would be fine"), secret))
    while run["state"] != "closed":
        await asyncio.sleep(0.3)
        run = await office.run(event["run_id"])
    tells = "a lead with a number is texted; then the customer writes on Thumbtack"
    why = "A message on Thumbtack is a reply: the automation ended, and a person answers."
    return Line("Thumbtack", tells, run["outcome"], why, run["outcome"] == "replied")


async def _angi(office: Office) -> Line:
    address, secret = await _door(office, "angi")
    await office.bring(address, angi.sent(angi.lead("+13035550122", compliant=False), secret))
    event = await _event(office, "angi")
    task = next(task for task in await office.ask("sales-ops", "GET", "/v1/tasks") if task["subject"] == event["id"])
    tells = "a lead that permits no automated messages"
    as_told = event["state"] == "needs_person" and event["run_id"] is None
    return Line("Angi", tells, event["state"], f"With {task['owner']}: {event['in_words']}.", as_told)


async def _door(office: Office, way: str) -> tuple[str, str]:
    body = {"client": CLIENT["key"], "sequence": SEQUENCE, "response_window": "P365D", "new_secret": True}
    said: Mapping[str, Any] = await office.ask("sales-ops", "PUT", f"/v1/lead-sources/{way}/acme", body)
    return said["web_hook"], said["secret"]


async def _event(office: Office, way: str) -> dict[str, Any]:
    page = await office.ask("sales-ops", "GET", f"/v1/lead-events?way={way}")
    found: dict[str, Any] = page["events"][-1]
    return found
