"""Customers of finished jobs: everybody is asked for a review, once; who has opted out or was asked lately, is not."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.demo.answering_doubts import People, Person
from deploy.local.demo.lines import Line
from deploy.local.demo.reviewing import decide
from deploy.local.demo.stories import CLIENT
from deploy.local.office import Office
from deploy.local.players.browser import READS_AFTER, Browser, link_in

TITLE = "Review requests"
PLACE = {"review_url": "https://g.page/r/acme-plumbing/review", "google_name": "accounts/1/locations/2"}


async def review_requests(office: Office, people: People) -> list[Line]:
    """Play three customers and a second job of one of them. Tells what became of each job."""
    await office.ask("sales-ops", "PUT", f"/v1/clients/{CLIENT['key']}/review-locations/downtown", PLACE)
    asked, refused = await asyncio.gather(_asked(office, people), _opted_out(office, people))
    return [*asked, refused]


async def _asked(office: Office, people: People) -> list[Line]:
    run_id = await _reported(office, people, "Mia", "job-1")
    approval = await decide(office, run_id, "run")
    async with Browser() as browser:
        link = await _link(office, "mia@example.com")
        await asyncio.sleep(READS_AFTER)
        leads_to = await browser.follow(link)
    review = {"location": PLACE["google_name"], "reviewer": "Mia Stone", "stars": 2, "comment": "Came late."}
    await office.set_up("google_business", "reviews", review, "POST")
    told = await _ended(office, run_id)
    again = await _ended(office, await _reported(office, people, "Mia", "job-2"))
    return [
        Line(
            "Mia",
            "a job was done three hours ago; exactly this wording is approved; the link is used; a review with two stars",
            told["outcome"],
            f"Approved by {approval['approver']}. The link leads everybody to {leads_to}. {told['explanation']['answer']}",
            told["outcome"] == "reviewed_observed"
            and leads_to == PLACE["review_url"]
            and told["clicked_at"] is not None,
        ),
        Line(
            "Mia",
            "another job for her is done",
            again["outcome"],
            again["explanation"]["answer"],
            (again["outcome"], again["not_asked"]) == ("suppressed", "asked_lately"),
        ),
    ]


async def _opted_out(office: Office, people: People) -> Line:
    said = {"client": CLIENT["key"], "channel": "email", "address": "noa@example.com", "status": "revoked"}
    await office.ask("sales-ops", "POST", "/v1/consent", said | {"evidence": "call/17", "source": "voice"})
    told = await _ended(office, await _reported(office, people, "Noa", "job-3"))
    as_told = (told["outcome"], told["not_asked"]) == ("suppressed", "opted_out")
    return Line(
        "Noa",
        "a job is done; she has said that she wants no mail",
        told["outcome"],
        told["explanation"]["answer"],
        as_told,
    )


async def _reported(office: Office, people: People, name: str, job: str) -> str:
    done = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    permitted = {"channel": "email", "kind": "informational", "source": "invoice", "evidence": f"invoice/{job}"}
    body = {
        "client": CLIENT["key"],
        "source": "field_service",
        "sequence": "demo_review",
        "job": {"id": job, "location": "downtown", "completed_at": done},
        "customer": {"first_name": name, "last_name": "Stone", "email": f"{name.lower()}@example.com"},
        "consent": [permitted],
    }
    stored = await office.ask("sales-ops", "POST", "/v1/review-requests", body, {"Idempotency-Key": f"demo-{job}"})
    run_id = str(stored["run_id"])
    people[run_id] = Person(name, f"{name.lower()}@example.com")
    return run_id


async def _link(office: Office, address: str) -> str:
    while True:
        for mail in await office.mails_to(address):
            if link := link_in(mail["text"]):
                return link
        await asyncio.sleep(0.3)


async def _ended(office: Office, run_id: str) -> dict[str, Any]:
    while True:
        told: dict[str, Any] = await office.ask("sales-ops", "GET", f"/v1/review-requests/{run_id}")
        if told["outcome"]:
            return told
        await asyncio.sleep(0.3)
