"""The real client against the stand-in: invoices apart from payments, refunds, currencies, tokens that change."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from activities.providers.quickbooks import QuickBooks
from models.digests.caveats import CaveatCode
from models.digests.figures import Period, Unit
from models.digests.sources import AskedPeriod, Reading, SourceName
from models.errors import AccessLost, SourceRefusal, TryAgain
from tests.activities.digests.accounts import REALM, company_has, connection, intuit, sale
from tests.standins.program import Program, running

OCTOBER = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))
ASKED = AskedPeriod(period=OCTOBER, zone="America/Denver")
DAY, LATER = date(2026, 10, 12), date(2026, 11, 2)


@pytest.fixture
async def standin(tmp_path: Path) -> AsyncIterator[Program]:
    async with running("quickbooks", tmp_path) as program:
        invoices = [sale(1, DAY, 900, Balance=0), sale(2, DAY, 100.5, Balance=100.5), sale(3, LATER, 7000, Balance=0)]
        await company_has(program, refresh_token="first", Invoice=invoices, Payment=[sale(4, DAY, 900)])
        yield program


def read(standin: Program, token: str = "first") -> Reading:
    client, mine = QuickBooks(intuit(standin)), connection(SourceName.QUICKBOOKS, token)
    return client.read(client.authorise(mine), mine, ASKED)


def amounts(reading: Reading) -> dict[str, Decimal]:
    return {figure.key: figure.value for figure in reading.figures}


async def test_invoiced_and_paid_are_two_figures_and_what_is_unpaid_is_said(standin: Program) -> None:
    reading = read(standin)

    assert amounts(reading) == {"revenue_invoiced": Decimal("1000.50"), "revenue_paid": 900, "invoices": 2}
    assert {figure.basis for figure in reading.figures} == {"invoiced", "paid", ""}
    unpaid = next(caveat for caveat in reading.caveats if caveat.code is CaveatCode.QBO_UNPAID_INVOICES)
    assert unpaid.particulars == {"count": 1}
    assert reading.complete_through == OCTOBER.last


async def test_refunds_and_credits_are_taken_off_and_said(standin: Program) -> None:
    await company_has(standin, RefundReceipt=[sale(5, DAY, 50)], CreditMemo=[sale(6, DAY, 30)])
    reading = read(standin)

    assert amounts(reading)["revenue_invoiced"] == Decimal("970.50")
    assert amounts(reading)["revenue_paid"] == Decimal("850.00")
    assert CaveatCode.QBO_REFUNDS in {caveat.code for caveat in reading.caveats}


async def test_a_sales_receipt_is_invoiced_and_paid_at_once(standin: Program) -> None:
    await company_has(standin, SalesReceipt=[sale(7, DAY, 25)])
    found = amounts(read(standin))
    assert (found["revenue_invoiced"], found["revenue_paid"]) == (Decimal("1025.50"), Decimal(925))


async def test_other_currencies_count_in_the_home_currency_of_the_books(standin: Program) -> None:
    foreign = sale(8, DAY, 100, ExchangeRate=1.25, Balance=0) | {"CurrencyRef": {"value": "EUR"}}
    await company_has(standin, home_currency="CAD", Invoice=[foreign], Payment=[])
    reading = read(standin)

    assert amounts(reading)["revenue_invoiced"] == 125
    assert {figure.unit for figure in reading.figures if figure.basis} == {Unit.CAD}
    assert next(figure.shown for figure in reading.figures if figure.key == "revenue_invoiced") == "CA$125"


async def test_books_in_a_currency_that_no_report_can_show_are_refused(standin: Program) -> None:
    await company_has(standin, home_currency="JPY")
    with pytest.raises(SourceRefusal, match="currency_not_supported"):
        read(standin)


async def test_more_than_a_page_is_read_to_the_end(standin: Program) -> None:
    await company_has(standin, Invoice=[sale(n, DAY, 1) for n in range(2001)])
    assert amounts(read(standin))["invoices"] == 2001


async def test_the_refresh_token_changes_and_the_old_one_is_worthless(standin: Program) -> None:
    client = QuickBooks(intuit(standin))
    access = client.authorise(connection(SourceName.QUICKBOOKS))

    assert access.refresh_token != "first"
    assert amounts(read(standin, access.refresh_token))["invoices"] == 2
    with pytest.raises(AccessLost, match="invalid_grant"):
        client.authorise(connection(SourceName.QUICKBOOKS))


@pytest.mark.parametrize(
    ("fault", "params", "error"),
    [
        ("rate_limit", {}, TryAgain),
        ("refuse", {"status": 403, "code": "003001"}, TryAgain),
        ("error_before", {"status": 500}, TryAgain),
        ("refuse", {"status": 401, "code": "3200"}, AccessLost),
        ("refuse", {"status": 403, "code": "3100"}, AccessLost),
        ("refuse", {"status": 400, "code": "4000"}, SourceRefusal),
        ("garbage", {}, TryAgain),
    ],
)
async def test_a_refusal_means_what_it_says(
    standin: Program, fault: str, params: dict[str, object], error: type[Exception]
) -> None:
    await standin.spoil(fault, REALM, params=params, operation="query")
    with pytest.raises(error) as raised:
        read(standin)
    assert REALM not in str(raised.value)


async def test_a_wrong_secret_of_ours_is_no_loss_of_the_clients_access(standin: Program) -> None:
    wrong = intuit(standin).model_copy(update={"client_id": "somebody"})
    with pytest.raises(SourceRefusal, match="401"):
        QuickBooks(wrong).authorise(connection(SourceName.QUICKBOOKS))
