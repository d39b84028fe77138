"""Sentences that must stand beside a figure when something about it holds. Coded, so that none is forgotten or reworded."""

from datetime import date, datetime
from enum import StrEnum

from models.digests.figures import SMALL
from models.frozen import Frozen


class CaveatCode(StrEnum):
    """Which condition holds. Stored with reports, so the values never change meaning."""

    GSC_LAG = "GSC_LAG"
    GSC_ANON_QUERIES = "GSC_ANON_QUERIES"
    QBO_STALE = "QBO_STALE"
    QBO_UNPAID_INVOICES = "QBO_UNPAID_INVOICES"
    QBO_CASH_VS_ACCRUAL = "QBO_CASH_VS_ACCRUAL"
    QBO_REFUNDS = "QBO_REFUNDS"
    UNMATCHED_JOBS = "UNMATCHED_JOBS"
    CALL_TRACKING_GAP = "CALL_TRACKING_GAP"
    PAUSED_AUTOMATION = "PAUSED_AUTOMATION"
    ATTRIBUTION_MODEL = "ATTRIBUTION_MODEL"
    SMALL_NUMBERS = "SMALL_NUMBERS"
    RESTATED = "RESTATED"
    SOURCE_MISSING = "SOURCE_MISSING"
    MONTHS_DIFFER = "MONTHS_DIFFER"


_SENTENCES: dict[CaveatCode, str] = {
    CaveatCode.GSC_LAG: "Search Console data runs to {complete_through}. Figures after that date are not included.",
    CaveatCode.GSC_ANON_QUERIES: "Google hides rare searches, so the searches listed add up to less than the total.",
    CaveatCode.QBO_STALE: "QuickBooks was last read on {synced_at}. Later invoices and payments are not included.",
    CaveatCode.QBO_UNPAID_INVOICES: "{count} invoices of this period are not paid yet; invoiced is not received.",
    CaveatCode.QBO_CASH_VS_ACCRUAL: "Revenue is shown by {basis} date; your books may count it in another month.",
    CaveatCode.QBO_REFUNDS: "Refunds of this period have been taken off.",
    CaveatCode.UNMATCHED_JOBS: "{count} jobs could not be matched to a lead and are not counted as from marketing.",
    CaveatCode.CALL_TRACKING_GAP: "Calls from {first} to {last} were not tracked.",
    CaveatCode.PAUSED_AUTOMATION: "Automatic messages were paused from {first} to {last}.",
    CaveatCode.ATTRIBUTION_MODEL: "A job counts for the {model} source that led to it. This does not prove the cause.",
    CaveatCode.SMALL_NUMBERS: f"Counts below {SMALL} are too small for a change in percent, so none is shown.",
    CaveatCode.RESTATED: "{label} for {period} changed from {before} to {now} because its source changed it.",
    CaveatCode.SOURCE_MISSING: "{source} could not be read for this period, so its figures are left out.",
    CaveatCode.MONTHS_DIFFER: "The two months have {now} and {before} days; changes are those of the whole months.",
}


class Said(Frozen):
    """One caveat as a client reads it; the form in which it is stored."""

    code: CaveatCode
    sentence: str


class Caveat(Frozen):
    """One condition with its particulars, plain values only."""

    code: CaveatCode
    particulars: dict[str, str | int | date | datetime] = {}

    @property
    def sentence(self) -> str:
        """The sentence as a client reads it. Raises KeyError if a particular is missing."""
        return _SENTENCES[self.code].format(**{name: _shown(value) for name, value in self.particulars.items()})

    @property
    def said(self) -> Said:
        """The code with its sentence."""
        return Said(code=self.code, sentence=self.sentence)


def _shown(value: str | int | date | datetime) -> str:
    if isinstance(value, date):
        return f"{value:%b} {value.day}, {value.year}"
    return str(value)
