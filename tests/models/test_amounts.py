"""Amounts of money, as they are written and as they are kept."""

import pytest

from models.outcomes.money import in_words, minor_value
from models.outcomes.told import ValueBasis


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "said"),
    [("1480.5", "USD", 148_050, "1,480.50 USD"), ("0", "EUR", 0, "0.00 EUR"), ("5000", "JPY", 5000, "5,000 JPY")],
)
def test_an_amount_is_said_as_it_was_written(amount: str, currency: str, minor: int, said: str) -> None:
    value = minor_value(amount, currency, ValueBasis.PAID)
    assert value is not None
    assert value.minor == minor
    assert in_words(value.minor, value.currency) == said
