"""A report digest: read from three sources of which one is behind, reviewed by two people, published, and read by the client."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from deploy.local.demo.answering_doubts import People, Person
from deploy.local.demo.lines import Line
from deploy.local.demo.reviewing import WHO, let_be_seen, waiting
from deploy.local.demo.stories import CLIENT
from deploy.local.office import Office
from deploy.local.players.browser import READS_AFTER, Browser, link_in
from models.plurals import counted

TITLE = "A weekly report for the client"
READER = "dana@acme-plumbing.example"
PROPERTY, COMPANY = "sc-domain:acme-plumbing.example", "9130347957983546"
_REPORT = {
    "project_name": "Search and calls",
    "required_sources": ["own", "quickbooks"],
    "optional_sources": ["search_console"],
    "owner": "sales-ops",
    "escalation_owner": "incident-owner",
    "approver": WHO["owner"],
    "privacy_reviewer": WHO["privacy"],
}


async def weekly_report(office: Office, people: People) -> tuple[list[Line], str]:
    """Play the report of a week that has been over for more than a week. Tells of it, and gives the reader's link."""
    monday = _monday()
    await _set_up_sources(office, monday)
    at_client = f"/v1/clients/{CLIENT['key']}"
    report = await office.ask("sales-ops", "PUT", f"{at_client}/reports/search/weekly", _REPORT)
    body = {"report_id": report["id"], "period": monday.isoformat()}
    started = await office.ask("sales-ops", "POST", "/v1/report-digests", body, {"Idempotency-Key": "demo-report"})
    run_id = str(started["run_id"])
    people[run_id] = Person("Dana", READER)
    refused = await _refused_privacy_review(office, run_id)
    await let_be_seen(office, run_id)
    link = await _link(office)
    await asyncio.sleep(READS_AFTER)
    async with Browser() as browser:
        page = await browser.read(link)
    run = await _ended(office, run_id)
    digest = await office.ask("sales-ops", "GET", f"/v1/report-digests/{run_id}")
    post = await office.ask("approver", "GET", f"/v1/portal-posts/{digest['post_id']}")
    lag = next(
        (line for line in post["client_will_see"]["body"].splitlines() if "Search Console data runs to" in line), ""
    )
    levels = [
        one["level"] for one in await office.ask("approver", "GET", f"/v1/portal-posts/{digest['post_id']}/views")
    ]
    figures = [f"{one['label']} {one['shown']} ({one['source']})" for one in digest["figures"]]
    sources = ", ".join(f"{one['in_words']} {one['status'].replace('_', ' ')}" for one in digest["sources"])
    return [
        Line("sources", f"the week of {digest['starts']} is read", sources, lag, bool(lag)),
        Line("draft", "typed figures, each with its source", counted(len(figures), "figure"),
             "; ".join(figures[:4]), len(figures) > 4),
        Line("approver", "tries to give the privacy review as well", "refused", refused, bool(refused)),
        Line(
            "approver, privacy reviewer",
            "approve this very wording, each from their side",
            "published",
            "The client's page shows the figures and what is said of the source that is behind, and no id of ours.",
            bool(lag) and lag.strip("-• ") in page and run_id not in page,
        ),
        Line("Dana, at the client", "is told by mail, opens her link, reads", run["outcome"], f"Seen: {', '.join(levels)}.",
             run["outcome"] == "viewed" and "viewed" in levels),
    ], link  # fmt: skip


def _monday() -> date:
    """The first day of a week that ended nine to fifteen days ago: late sources are not waited for any more."""
    day = datetime.now(UTC).date() - timedelta(days=15)
    return day - timedelta(days=day.weekday())


async def _set_up_sources(office: Office, monday: date) -> None:
    days = [monday + timedelta(days=number) for number in range(-7, 7)]
    searches = {
        day.isoformat(): {"clicks": 12 + number, "impressions": 300 + 7 * number, "position": 6.4}
        for number, day in enumerate(days)
    }
    final = (monday + timedelta(days=4)).isoformat()
    found = {
        "days": searches,
        "final_through": final,
        "queries": [["plumber denver", 31]],
        "refresh_token": "1//demo-search",
    }
    await office.set_up("search_console", f"properties/{PROPERTY}", found)
    invoices = [
        {"Id": str(number), "TxnDate": day.isoformat(), "TotalAmt": 240 + 20 * number, "Balance": 0}
        for number, day in enumerate(days)
    ]
    books = {"home_currency": "USD", "Invoice": invoices, "refresh_token": "demo-books-1"}
    await office.set_up("quickbooks", f"companies/{COMPANY}", books)
    path = f"/v1/clients/{CLIENT['key']}/report-sources"
    access = {"search_console": (PROPERTY, "1//demo-search"), "quickbooks": (COMPANY, "demo-books-1")}
    for source, (account, token) in access.items():
        await office.ask("sales-ops", "PUT", f"{path}/{source}", {"account": account, "refresh_token": token})
    dana = {"client": CLIENT["key"], "name": "Dana Reed", "email": READER, "evidence": "agreement/2026-04"}
    await office.ask("sales-ops", "POST", "/v1/client-contacts", dana | {"receives": ["reports"]})


async def _refused_privacy_review(office: Office, run_id: str) -> str:
    """Have the approver give the review that is not theirs; return how that was refused."""
    while not (asked := [one for one in await waiting(office, run_id, "post") if one["review"] == "privacy"]):
        await asyncio.sleep(0.3)
    approval = await office.ask(WHO["privacy"], "GET", f"/v1/approvals/{asked[0]['id']}")
    try:
        await office.decide(approval, "approve")
    except httpx.HTTPStatusError as error:
        if error.response.status_code != HTTPStatus.FORBIDDEN:
            raise
        return str(error.response.json()["detail"])
    return ""


async def _link(office: Office) -> str:
    while True:
        for mail in await office.mails_to(READER):
            if link := link_in(mail["text"]):
                return link
        await asyncio.sleep(0.3)


async def _ended(office: Office, run_id: str) -> dict[str, Any]:
    while (run := await office.run(run_id))["state"] != "closed":
        await asyncio.sleep(0.3)
    return run
