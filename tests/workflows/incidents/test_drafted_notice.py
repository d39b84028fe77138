"""What the portal shows of an incident: an author's words as a model has worded them, or as they are."""

import pytest

from models.approving import ApprovalSubject
from models.errors import TryAgain
from tests.workflows.incidents.world import IncidentWorld

POST = ApprovalSubject.POST
DRAFT = (
    "SELECT {} FROM draft d JOIN draft_revision r ON r.draft_id = d.id AND r.number = d.revision WHERE d.run_id = :run"
)
SHOWN = "SELECT max(text) FROM portal_post"


async def test_a_model_words_what_the_author_added_and_nothing_else(with_model: IncidentWorld) -> None:
    world = with_model
    await world.open(words="A setting was wrong.")
    await world.until_details("waits for the approval and the privacy review")
    assert world.scalar("SELECT count(*) FROM portal_post") == 0
    assert world.scalar(DRAFT.format("d.state || ' ' || r.source")) == "internal model"

    await world.decide(POST)
    await world.until_updated(1, "published_at")
    assert "Here is how it went." in world.scalar(SHOWN)
    assert "A setting was wrong." in world.scalar(SHOWN)
    assert world.scalar(DRAFT.format("d.state")) == "reviewed"


async def test_a_notice_without_free_words_asks_no_model(with_model: IncidentWorld) -> None:
    world = with_model
    await world.open()
    await world.until_sent(1)
    await world.decide(POST)
    await world.until_updated(1, "published_at")

    assert world.model.asked == []
    assert world.scalar(DRAFT.format("r.source || r.note")) == "deterministic"


@pytest.mark.parametrize("words", ["About 40 messages wait.", "We are sorry, Acme Plumbing.", "We guarantee it."])
async def test_words_that_hold_a_number_a_name_or_what_is_amiss_stay_here_as_they_are(
    with_model: IncidentWorld, words: str
) -> None:
    world = with_model
    await world.open(words=words)
    await world.until("SELECT count(*) FROM incident_notice", 1)

    assert world.model.asked == []
    assert words in world.scalar(DRAFT.format("r.body"))


async def test_a_model_that_is_away_delays_no_notice_for_long_and_the_draft_says_so(with_model: IncidentWorld) -> None:
    world = with_model
    world.model.fails = TryAgain("answered 503")
    await world.open(words="A setting was wrong.")
    await world.asked_of_model(3)
    await world.until("SELECT count(*) FROM incident_notice", 1)

    assert world.scalar(DRAFT.format("r.source || ': ' || r.note")) == "deterministic: the model is away: answered 503"
    await world.decide(POST)
    await world.until_updated(1, "published_at")
    assert "\n\nA setting was wrong.\n\n" in world.scalar(SHOWN)
