"""Amounts as people and CRMs write them, and in minor units."""

from decimal import Decimal, InvalidOperation

from models.outcomes.told import UnusableOutcome, Value, ValueBasis

_WITHOUT_CENTS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})
"""Currencies without minor units among those a business may use (ISO 4217)."""


def minor_value(amount: str, currency: str, basis: ValueBasis) -> Value | None:
    """Return an amount in major units, such as `480.5`, as a value; None if there is none that can be used."""
    try:
        minor = (Decimal(amount) * (1 if currency in _WITHOUT_CENTS else 100)).to_integral_value()
        return Value(basis, currency, int(minor))
    except (InvalidOperation, ValueError, OverflowError, UnusableOutcome):
        return None


def in_words(minor: int | float, currency: str) -> str:
    """Return an amount of minor units as people read it, such as `1,480.50 USD`."""
    amount = f"{minor:,.0f}" if currency in _WITHOUT_CENTS else f"{minor / 100:,.2f}"
    return f"{amount} {currency}".rstrip()
