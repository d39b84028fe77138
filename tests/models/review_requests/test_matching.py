"""Which request a review is ascribed to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.review_requests.matching import AskedCustomer, Match, MatchConfidence, SeenReview, likeness, match

SENT = datetime(2026, 11, 18, 12, tzinfo=UTC)
ANA, BEN = UUID(int=1), UUID(int=2)
ASKED = AskedCustomer(run_id=ANA, name="Ana Gómez", first_sent_at=SENT, last_sent_at=SENT + timedelta(days=3))
CLICKED = ASKED.model_copy(update={"clicked_at": SENT + timedelta(hours=1)})


def a_review(after: timedelta, name: str = "Ana Gomez", stars: int | None = None) -> SeenReview:
    return SeenReview(review_id="r", reviewer=name, created_at=SENT + after, updated_at=SENT + after, stars=stars)


@pytest.mark.parametrize(
    ("review", "asked", "found"),
    [
        (a_review(timedelta(hours=2)), CLICKED, Match(MatchConfidence.HIGH, ANA)),
        (a_review(timedelta(hours=2), "GOMEZ, ana"), CLICKED, Match(MatchConfidence.HIGH, ANA)),
        (a_review(timedelta(hours=74)), CLICKED, Match(MatchConfidence.MEDIUM, ANA)),
        (a_review(timedelta(minutes=10)), CLICKED, Match(MatchConfidence.MEDIUM, ANA)),
        (a_review(timedelta(days=16)), ASKED, Match(MatchConfidence.MEDIUM, ANA)),
        (a_review(timedelta(days=18)), ASKED, Match(None)),
        (a_review(timedelta(minutes=-1)), ASKED, Match(None)),
        (a_review(timedelta(hours=2), "Bob"), CLICKED, Match(MatchConfidence.LOW)),
        (a_review(timedelta(hours=2), ""), CLICKED, Match(MatchConfidence.LOW)),
    ],
)
def test_the_name_and_the_time_tell_how_sure_it_is(review: SeenReview, asked: AskedCustomer, found: Match) -> None:
    assert match(review, [asked]) == found


def test_two_that_fit_equally_well_are_not_guessed_between() -> None:
    other = CLICKED.model_copy(update={"run_id": BEN})
    assert match(a_review(timedelta(hours=2)), [CLICKED, other]) == Match(MatchConfidence.LOW)


def test_the_better_fit_of_two_is_taken() -> None:
    other = ASKED.model_copy(update={"run_id": BEN})
    assert match(a_review(timedelta(hours=2)), [other, CLICKED]) == Match(MatchConfidence.HIGH, ANA)


@given(stars=some.integers(1, 5), hours=some.integers(-24, 24 * 20))
def test_how_many_stars_it_has_changes_nothing(stars: int, hours: int) -> None:
    when = timedelta(hours=hours)
    assert match(a_review(when, stars=stars), [CLICKED]) == match(a_review(when), [CLICKED])


def test_likeness_knows_neither_order_nor_case_nor_accents() -> None:
    assert likeness("José Núñez", "NUNEZ JOSE") == 100
    assert likeness("Ana G.", "Ana Gomez") < 90
    assert likeness("", "") == 0
