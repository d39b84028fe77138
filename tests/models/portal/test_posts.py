"""What a post shows, what voids an approval of it, and how sure it is that a person has seen it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from models.portal.posts import PostKind, PostText, shown_figures, source_in_words
from models.portal.views import Discount, ViewLevel, discount, highest
from tests.database.portal.desk import CALLS, text_of

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
LONG_AGO = timedelta(hours=3)


@pytest.mark.parametrize(
    "edit",
    [
        {"title": "Your report"},
        {"body": "More people called."},
        {"kind": PostKind.NOTICE},
        {"as_of": datetime(2026, 11, 4, tzinfo=UTC)},
        {"figures": ()},
        {"figures": (CALLS.model_copy(update={"value": CALLS.value + 1}),)},
        {"figures": (CALLS.model_copy(update={"source": "leads/crm"}),)},
    ],
)
def test_every_edit_of_what_is_shown_is_another_wording(edit: dict[str, object]) -> None:
    assert text_of(**edit).content_hash != text_of().content_hash


def test_the_same_moment_in_another_zone_is_the_same_wording() -> None:
    denver = timezone(timedelta(hours=-7))
    assert text_of(as_of=datetime(2026, 11, 3, 8, tzinfo=denver)).content_hash == text_of().content_hash


def test_a_wording_survives_being_stored() -> None:
    text = text_of()
    assert PostText.model_validate_json(text.model_dump_json()).content_hash == text.content_hash


def test_a_moment_without_a_zone_and_an_empty_text_are_refused_without_repeating_them() -> None:
    with pytest.raises(ValidationError):
        text_of(as_of=datetime(2026, 11, 3))  # noqa: DTZ001
    with pytest.raises(ValidationError) as refused:
        text_of(title="Zebra " * 40)
    assert "Zebra" not in str(refused.value)


def test_a_figure_shows_its_source_without_the_id_it_has_there() -> None:
    [shown] = shown_figures((CALLS,))
    assert shown["source"] == "Call tracking"
    assert "line-1" not in str(shown)
    assert source_in_words("yard_signs/7") == "Yard signs"


@pytest.mark.parametrize(
    ("request_of", "expected"),
    [
        (("GET", BROWSER, LONG_AGO, LONG_AGO), None),
        (("GET", BROWSER, None, None), None),
        (("HEAD", BROWSER, LONG_AGO, LONG_AGO), Discount.HEAD),
        (("GET", "", LONG_AGO, LONG_AGO), Discount.PROGRAM),
        (("GET", "Mozilla/5.0 (compatible; Googlebot/2.1)", LONG_AGO, LONG_AGO), Discount.PROGRAM),
        (("GET", "Barracuda Sentinel (EE)", LONG_AGO, LONG_AGO), Discount.PROGRAM),
        (("GET", "python-httpx/0.28", LONG_AGO, LONG_AGO), Discount.PROGRAM),
        (("GET", BROWSER, timedelta(seconds=4.9), LONG_AGO), Discount.TOO_EARLY),
        (("GET", BROWSER, timedelta(seconds=5), LONG_AGO), None),
        (("GET", BROWSER, LONG_AGO, timedelta(seconds=1)), Discount.ALL_AT_ONCE),
    ],
)
def test_only_what_a_person_may_have_done_counts_as_a_hit(
    request_of: tuple[str, str, timedelta | None, timedelta | None], expected: Discount | None
) -> None:
    assert discount(*request_of) is expected


def test_the_surest_level_is_the_one_that_counts() -> None:
    assert highest({ViewLevel.LINK_HIT, ViewLevel.VIEWED, ViewLevel.DELIVERED}) is ViewLevel.VIEWED
    assert highest(set()) is None
