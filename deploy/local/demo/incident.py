"""An incident at a client whose leads are being written to: everything is held, the client hears of it, then all goes on."""

import asyncio
from typing import Any

from deploy.local.demo.answering_doubts import People, Person
from deploy.local.demo.lines import Line
from deploy.local.demo.reviewing import decide, let_be_seen
from deploy.local.office import Office
from models.plurals import counted

TITLE = "An incident at a client with outreach under way"
CLIENT = {
    "key": "bluebird-heating",
    "name": "Bluebird Heating",
    "time_zone": "America/Denver",
    "phone": "+13035550140",
    "postal_address": "4 Mill Lane, Denver, CO 80203",
}
READER = "pat@bluebird-heating.example"
LEADS = {"Rae": "+13035550141", "Sol": "+13035550142"}
_BODY = {
    "title": "Leads of a web form are read wrongly",
    "severity": "minor",
    "clients": [CLIENT["key"]],
    "reason": "config_error",
    "advice": "call_new_leads",
    "held_work": "catch_up",
    "note": "The form vendor has renamed a field.",
}
FOUND = (
    "A field of your web form was renamed. We have adapted the reading of it and are checking every lead since then."
)
SUMMARY = "A field of your web form was renamed, and leads were read without it. We now compare your form with its fields each day."
BY = "incident-owner"


async def incident(office: Office, people: People) -> list[Line]:
    """Play it from the first held message to the summary. Tells of each step."""
    await office.ask("sales-ops", "POST", "/v1/clients", CLIENT)
    pat = {"client": CLIENT["key"], "name": "Pat Blum", "email": READER, "evidence": "agreement/2026-05"}
    await office.ask("sales-ops", "POST", "/v1/client-contacts", pat | {"receives": ["incidents"]})
    leads = await asyncio.gather(*(_under_way(office, people, name) for name in LEADS))

    opened = await office.ask(BY, "POST", "/v1/incidents", _BODY, {"Idempotency-Key": "demo-incident"})
    path, run_id = f"/v1/incidents/{opened['id']}", str(opened["clients"][0]["run"])
    people[run_id] = Person("Pat", READER)
    first = await _mail(office, 1)
    await let_be_seen(office, run_id)
    await _published(office, path, 1)
    while (standing := await office.ask(BY, "GET", path))["held"]["due"] < len(LEADS):
        await asyncio.sleep(0.3)
    while_held = await _mails_to_leads(office)
    await office.ask(BY, "POST", f"{path}/move", {"to": "identified", "words": FOUND})
    await let_be_seen(office, run_id)
    second = await _mail(office, 2)
    await office.ask(BY, "POST", f"{path}/resolve", {})
    await let_be_seen(office, run_id)
    resume = await decide(office, run_id, "resume")
    ends = [(await _ended(office, lead))["outcome"] for lead in leads]
    after = await _mails_to_leads(office)
    await _mail(office, 3)
    await office.ask(BY, "POST", f"{path}/summary", {"words": SUMMARY})
    await let_be_seen(office, run_id)
    run = await _ended(office, run_id)
    last = await _mail(office, 4)
    held = opened["held"]
    return [
        Line(BY, "opens it; what goes out for this client is paused",
             f"{counted(held['runs'], 'run')}, {counted(held['messages'], 'message')} held",
             opened["client_safe_status"], held["runs"] == len(LEADS) and held["messages"] > 0),
        Line("Pat, at the client", "is told while everything else is held", first["subject"],
             f"{counted(standing['held']['due'], 'message is', 'messages are')} due by now; {while_held} have left.",
             while_held == 0),
        Line(BY, "has found the cause, in free words", second["subject"],
             "Shown and told of only after the owner's approval and the privacy review."),
        Line("approver", "approves what a resume would let go, as previewed", f"{counted(after, 'message')} left",
             _previewed(resume), after == len(LEADS) and set(ends) == {"no_response"}),
        Line(BY, "sums it up", run["outcome"], last["subject"], run["outcome"] == "summarised"),
    ]  # fmt: skip


def _previewed(resume: dict[str, Any]) -> str:
    return "; ".join(text["body"].replace("\n", ", ") for text in resume["wording"])


async def _under_way(office: Office, people: People, name: str) -> str:
    """Start a lead and wait until the text has left, so that the email waits for its time."""
    order = {
        "client": CLIENT["key"],
        "sequence": "demo_missed_call",
        "lead": {
            "source": "missed_call",
            "source_lead_id": f"demo-{name.lower()}",
            "first_name": name,
            "phone": LEADS[name],
            "email": f"{name.lower()}@example.com",
            "postal_code": "80202",
        },
        "consent": [{"channel": "email", "kind": "conversational", "source": "web_form", "evidence": f"form/{name}"}],
    }
    run_id = await office.start(order, key=f"demo-{name}")
    people[run_id] = Person(name, f"{name.lower()}@example.com", LEADS[name])
    while not any(message["state"] == "accepted" for message in (await office.run(run_id))["messages"]):
        await asyncio.sleep(0.2)
    return run_id


async def _mails_to_leads(office: Office) -> int:
    return sum([len(await office.mails_to(f"{name.lower()}@example.com")) for name in LEADS])


async def _mail(office: Office, number: int) -> dict[str, Any]:
    """Wait for so many mails to the client; return the newest."""
    while len(mails := await office.mails_to(READER)) < number:
        await asyncio.sleep(0.3)
    return mails[number - 1]


async def _published(office: Office, path: str, number: int) -> None:
    while True:
        entries = (await office.ask(BY, "GET", path))["timeline"]
        shown = [one["state"] for entry in entries if entry["number"] == number for one in entry["shown"]]
        if shown and set(shown) == {"published"}:
            return
        await asyncio.sleep(0.3)


async def _ended(office: Office, run_id: str) -> dict[str, Any]:
    while (run := await office.run(run_id))["state"] != "closed":
        await asyncio.sleep(0.3)
    return run
