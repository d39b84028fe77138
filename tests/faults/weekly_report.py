"""The weekly report of a client of its own, for scenarios: read from two stand-ins, reviewed by two people, published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.correspondence import Unexpected
from tests.faults.trial import Trial
from tests.stack.clients_side import ClientsSide

DAYS_AGO = 30
"""Long enough that no late source is waited for any more."""
CLICKS, INVOICED = 84, 1470
"""What the sources hold of the week."""
_PUBLISHED = """
    WITH asked AS (SELECT %s::uuid AS run)
    SELECT (SELECT count(*) FROM event WHERE run_id = run AND kind = 'post_published'),
        (SELECT count(*) FROM portal_post s JOIN post p USING (id) WHERE p.run_id = run),
        (SELECT count(*) FROM report_period WHERE run_id = run AND state = 'published'),
        (SELECT count(*) FROM undo WHERE run_id = run AND kind = 'portal_post')
    FROM asked
"""
WHOLE, NOTHING = (1, 1, 1, 1), (0, 0, 0, 0)
"""What `published` gives for a digest that is out, and for one of which nobody outside can see anything."""


@dataclass(frozen=True)
class WeeklyReport:
    """The digest of one week."""

    trial: Trial
    side: ClientsSide
    run_id: str

    async def read(self) -> dict[str, Any]:
        """The digest as staff sees it: its state, sources and figures."""
        found: dict[str, Any] = await self.trial.rig.office.ask("sales-ops", "GET", f"/v1/report-digests/{self.run_id}")
        return found

    async def figures(self) -> dict[str, list[str]]:
        """What is shown of it, by source."""
        found: dict[str, list[str]] = {}
        for one in (await self.read())["figures"]:
            found.setdefault(one["source"], []).append(f"{one['label']} {one['shown']}")
        return found

    async def published(self) -> tuple[int, ...]:
        """How often it was published, is shown, is noted as published, and can be taken back."""
        [row] = await self.trial.rig.ledger.rows(_PUBLISHED, self.run_id)
        return tuple(row)

    async def told_once(self) -> None:
        """Check that its reader has got one mail of it. Raises Unexpected."""
        await self.side.mails(1)
        mails = self.trial.mails_to(self.side.pat)
        self.trial.expect(
            "mails to its reader, and accepted ones", (len(mails), sum(m["accepted"] for m in mails)), (1, 1)
        )


async def a_report(trial: Trial, number: int = 1, required: Sequence[str] = ("own",)) -> WeeklyReport:
    """Have a client's books and searches set up, and the digest of a week asked for; what is not required is optional."""
    side = await trial.client(number)
    await _set_up(trial, side)
    optional = [source for source in ("quickbooks", "search_console") if source not in required]
    terms = {
        "required_sources": list(required), "optional_sources": optional, "owner": "sales-ops",
        "escalation_owner": "incident-owner", "approver": "approver", "privacy_reviewer": "privacy-reviewer",
    }  # fmt: skip
    report = await trial.rig.office.ask("sales-ops", "PUT", f"/v1/clients/{side.key}/reports/seo/weekly", terms)
    wish = {"report_id": report["id"], "period": str(_monday())}
    return WeeklyReport(trial, side, (await side.order("sales-ops", "/v1/report-digests", wish))["run_id"])


def company_of(side_key: str) -> str:
    """How QuickBooks knows a client's books."""
    return "91303479" + "".join(filter(str.isdigit, side_key))


def property_of(side_key: str) -> str:
    """How Search Console knows a client's site."""
    return f"sc-domain:{side_key}.example"


async def _set_up(trial: Trial, side: ClientsSide) -> None:
    office, days = trial.rig.office, [_monday() + timedelta(days=number) for number in range(-7, 7)]
    searches = {day.isoformat(): {"clicks": CLICKS // 7, "impressions": 300, "position": 6.4} for day in days}
    site, books = property_of(side.key), company_of(side.key)
    final = days[-1].isoformat()
    searched = {
        "days": searches,
        "final_through": final,
        "queries": [["roofer denver", 31]],
        "refresh_token": f"search-{side.key}",
    }
    await office.set_up("search_console", f"properties/{site}", searched)
    invoices = [
        {"Id": str(number), "TxnDate": day.isoformat(), "TotalAmt": INVOICED // 7, "Balance": 0}
        for number, day in enumerate(days)
    ]
    invoiced = {"home_currency": "USD", "Invoice": invoices, "refresh_token": f"books-{side.key}"}
    await office.set_up("quickbooks", f"companies/{books}", invoiced)
    for source, account, token in (("quickbooks", books, "books"), ("search_console", site, "search")):
        path, access = f"/v1/clients/{side.key}/report-sources/{source}", {"account": account}
        await office.ask("sales-ops", "PUT", path, access | {"refresh_token": f"{token}-{side.key}"})


def _monday() -> Any:
    day = datetime.now(UTC).date() - timedelta(days=DAYS_AGO)
    return day - timedelta(days=day.weekday())


def expect_figures(trial: Trial, figures: dict[str, list[str]], source: str, shown: bool) -> None:
    """Check that a source is in a digest with all of its figures, or not at all. Raises Unexpected."""
    number = len(figures.get(source, []))
    if (number > 1) is not shown:
        raise Unexpected(f"figures of {source}: expected {'all' if shown else 'none'}, saw {figures.get(source, [])}")
