import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.segments import Encoding, cheaper, count, plainer, replacements

GSM, UCS = Encoding.GSM_7, Encoding.UCS_2


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", GSM, 0, 0),
        ("a" * 160, GSM, 160, 1),
        ("a" * 161, GSM, 161, 2),
        ("a" * 306, GSM, 306, 2),
        ("a" * 307, GSM, 307, 3),
        ("€" * 80, GSM, 160, 1),
        ("€" * 81, GSM, 162, 2),
        ("a" * 152 + "€" + "a" * 152, GSM, 306, 3),
        ("é" * 160, GSM, 160, 1),
        ("ç" * 70, UCS, 70, 1),
        ("a" * 70 + "’", UCS, 71, 2),
        ("😀" * 35, UCS, 70, 1),
        ("😀" * 36, UCS, 72, 2),
        ("a" * 66 + "😀" + "a" * 66, UCS, 134, 3),
        ("`", UCS, 1, 1),
    ],
)
def test_a_text_costs_what_carriers_count(text: str, encoding: Encoding, units: int, segments: int) -> None:
    counted = count(text)
    assert (counted.encoding, counted.units, counted.segments) == (encoding, units, segments)


def test_curly_quotes_are_found_where_they_stand() -> None:
    assert [(r.at, r.found, r.use) for r in replacements("It’s – ok…")] == [
        (2, "’", "'"),
        (5, "–", "-"),
        (9, "…", "..."),
    ]


def test_one_curly_quote_can_double_the_cost() -> None:
    text = "a" * 100 + "’"
    assert (count(text).segments, count(cheaper(text)).segments) == (2, 1)


@given(st.text())
def test_replacing_never_costs_more_and_never_changes_twice(text: str) -> None:
    assert count(cheaper(text)).segments <= count(text).segments
    assert cheaper(cheaper(text)) == cheaper(text)


@given(st.text(), st.text())
def test_more_text_never_costs_less(text: str, more: str) -> None:
    assert count(text + more).segments >= count(text).segments


@given(st.text())
def test_plain_letters_stay_and_folding_changes_nothing_twice(text: str) -> None:
    assert plainer(plainer(text)) == plainer(text)
    if count(text).encoding is GSM:
        assert plainer(text) == text


def test_what_has_no_plain_equal_stays() -> None:
    assert plainer("Ǆ水😀｛") == "DZ水😀｛"
