"""QuickBooks Online, accounting API: what was invoiced, what was paid, what was given back. Never added up.

https://developer.intuit.com/app/developer/qbo/docs/develop: amounts are in the currency of each transaction and its
`ExchangeRate` leads to the home currency of the books; a page holds 1,000 objects; refresh tokens are replaced now and then.
The books are read live, so they are complete up to the moment of reading; what is entered late is restated.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from activities.providers.source_calls import SourceCalls
from models.digests.caveats import Caveat, CaveatCode
from models.digests.figures import SYMBOLS, Figure, Period, Unit
from models.digests.periods import bounds
from models.digests.sources import Access, AskedPeriod, Connection, Reading, SourceName
from models.errors import SourceRefusal, TryAgain
from models.provider_settings import QuickBooksSettings

PAGE = 1000
"""Objects of one answer at most."""
MINOR_VERSION = "75"
"""The one that all apps use since August 2025."""
_LOST = frozenset({"003100", "003200", "3100", "3200", "AuthenticationFailed", "AuthorizationFailed"})


class QuickBooks:
    """Reads the books of companies.

    Args:
        settings: our app and where Intuit is.
    """

    def __init__(self, settings: QuickBooksSettings) -> None:
        self._settings = settings
        passing = frozenset({"003001", "3001", "ThrottleExceeded"})
        self._calls = SourceCalls("QuickBooks", settings.request_timeout, _code, _LOST, passing)

    def authorise(self, connection: Connection) -> Access:
        """Return access to a company. Raises AccessLost, SourceRefusal, TryAgain.

        The answer may hold another refresh token: keep it before anything else, the old one ends.
        """
        auth = (self._settings.client_id, self._settings.client_secret.get_secret_value())
        return self._calls.exchange(self._settings.token_url, connection.refresh_token, {}, auth)

    def read(self, access: Access, connection: Connection, asked: AskedPeriod) -> Reading:
        """Return what the books say of a period, by the dates of the transactions.

        Raises AccessLost, TryAgain; SourceRefusal also for books in a currency that no report can show.
        """
        period, now = asked.period, datetime.now(UTC)
        unit = self._home_currency(access, connection)
        invoices = [*self._all(access, connection, "Invoice", period)]
        receipts = [*self._all(access, connection, "SalesReceipt", period)]
        payments = [*self._all(access, connection, "Payment", period)]
        credits = [*self._all(access, connection, "CreditMemo", period)]
        refunds = [*self._all(access, connection, "RefundReceipt", period)]
        given_back = _sum(refunds) + _sum(credits)
        sums = (
            ("revenue_invoiced", "Invoiced", _sum(invoices) + _sum(receipts) - _sum(credits), unit, "invoiced"),
            ("revenue_paid", "Payments received", _sum(payments) + _sum(receipts) - _sum(refunds), unit, "paid"),
            ("invoices", "Invoices and sales receipts", Decimal(len(invoices) + len(receipts)), Unit.COUNT, ""),
        )
        figures = tuple(
            Figure(
                key=key,
                label=label,
                value=value,
                unit=kind,
                source=SourceName.QUICKBOOKS,
                period=period,
                as_of=now,
                basis=basis,
            )
            for key, label, value, kind, basis in sums
        )
        _, over = bounds(period, asked.zone)
        complete = period.last if now >= over else now.astimezone(over.tzinfo).date() - timedelta(days=1)
        caveats = _caveats(sum(1 for one in invoices if _amount(one, "Balance") > 0), bool(given_back))
        return Reading(figures=figures, complete_through=complete, caveats=caveats, synced_at=now)

    def _home_currency(self, access: Access, connection: Connection) -> Unit:
        preferences = next(self._objects(access, connection, "Preferences", "", 1), {})
        currency = ((preferences.get("CurrencyPrefs") or {}).get("HomeCurrency") or {}).get("value", Unit.USD)
        if currency not in {unit.value for unit in SYMBOLS}:
            raise SourceRefusal("QuickBooks currency_not_supported")
        return Unit(currency)

    def _all(self, access: Access, connection: Connection, kind: str, period: Period) -> Iterator[Mapping[str, Any]]:
        where = f" where TxnDate >= '{period.first}' and TxnDate <= '{period.last}'"
        start = 1
        while True:
            page = [*self._objects(access, connection, kind, where, start)]
            yield from page
            if len(page) < PAGE:
                return
            start += PAGE

    def _objects(
        self, access: Access, connection: Connection, kind: str, where: str, start: int
    ) -> Iterator[Mapping[str, Any]]:
        url = f"{self._settings.base_url}/v3/company/{connection.account}/query"
        query = f"select * from {kind}{where} startposition {start} maxresults {PAGE}"
        answer = self._calls.call(access, "GET", url, params={"query": query, "minorversion": MINOR_VERSION})
        found = (answer.get("QueryResponse") or {}).get(kind, [])
        if not isinstance(found, list):
            raise TryAgain("QuickBooks: unreadable answer")
        yield from found


def _caveats(unpaid: int, refunded: bool) -> tuple[Caveat, ...]:
    caveats = [Caveat(code=CaveatCode.QBO_CASH_VS_ACCRUAL, particulars={"basis": "invoice and payment"})]
    if unpaid:
        caveats.append(Caveat(code=CaveatCode.QBO_UNPAID_INVOICES, particulars={"count": unpaid}))
    if refunded:
        caveats.append(Caveat(code=CaveatCode.QBO_REFUNDS))
    return tuple(caveats)


def _sum(found: list[Mapping[str, Any]]) -> Decimal:
    """Return the total in the home currency, to the cent."""
    return sum((_in_home_currency(one) for one in found), Decimal(0)).quantize(Decimal("0.01"))


def _in_home_currency(one: Mapping[str, Any]) -> Decimal:
    if one.get("HomeTotalAmt") is not None:
        return _amount(one, "HomeTotalAmt")
    return _amount(one, "TotalAmt") * (_amount(one, "ExchangeRate") or 1)


def _amount(one: Mapping[str, Any], name: str) -> Decimal:
    try:
        return Decimal(str(one.get(name) or 0))
    except InvalidOperation:
        raise TryAgain("QuickBooks: unreadable amount") from None


def _code(body: Mapping[str, Any]) -> str:
    fault = body.get("Fault") or body.get("fault") or {}
    errors = fault.get("Error") or fault.get("error") or [{}]
    return str(errors[0].get("code", "")) or str(fault.get("type", ""))
