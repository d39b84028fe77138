"""Accounts at the stand-ins of the sources, as tests set them up."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from models.digests.sources import Connection, SourceName
from models.provider_settings import QuickBooksSettings, SearchConsoleSettings
from tests.standins.program import Program

SITE, REALM = "sc-domain:acme.example", "310687"
CLIENT = UUID(int=7)


def google(program: Program) -> SearchConsoleSettings:
    return SearchConsoleSettings(
        base_url=program.base_url, token_url=f"{program.base_url}/token", client_id="local-client",
        client_secret=SecretStr("local-secret"),
    )  # fmt: skip


def intuit(program: Program) -> QuickBooksSettings:
    return QuickBooksSettings(
        base_url=program.base_url, token_url=f"{program.base_url}/oauth2/v1/tokens/bearer", client_id="local-client",
        client_secret=SecretStr("local-secret"),
    )  # fmt: skip


def connection(source: SourceName, token: str = "first") -> Connection:
    account = SITE if source is SourceName.SEARCH_CONSOLE else REALM
    return Connection(id=CLIENT, client_id=CLIENT, source=source, location="", account=account, refresh_token=token)


def days(first: date, last: date, clicks: int = 10) -> dict[str, Any]:
    """The same numbers on each day."""
    numbers = {"clicks": clicks, "impressions": clicks * 20, "position": 5.5}
    count = (last - first).days + 1
    return {(first + timedelta(days=n)).isoformat(): numbers for n in range(count)}


async def property_has(program: Program, **content: Any) -> None:
    (await program.control.put(f"/properties/{SITE}", json=content)).raise_for_status()


async def company_has(program: Program, **content: Any) -> None:
    (await program.control.put(f"/companies/{REALM}", json=content)).raise_for_status()


def sale(number: int, day: date, total: float, **more: Any) -> dict[str, Any]:
    return {"Id": str(number), "TxnDate": day.isoformat(), "TotalAmt": total, "CurrencyRef": {"value": "USD"}} | more
