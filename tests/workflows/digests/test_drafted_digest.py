"""The text of a digest: by a model, without one that answers well, and as a person has edited it."""

import pytest

from models.approving import Review
from models.digests.travelling import DigestOutcome
from models.errors import DrafterRefusal, TryAgain
from tests.opened_history import opened
from tests.workflows.digests.world import PAT, DigestWorld

DRAFT = (
    "SELECT {} FROM draft d JOIN draft_revision r ON r.draft_id = d.id AND r.number = d.revision WHERE d.run_id = :run"
)


async def test_a_models_opening_is_published_around_figures_that_stand_as_they_are(with_model: DigestWorld) -> None:
    world = with_model
    await world.start(PAT)
    await world.until_state("awaiting_approval")
    assert world.scalar(DRAFT.format("d.state || ' ' || r.source || ' ' || r.author")) == "internal model paper-1"
    await world.review()
    await world.told(PAT)

    [text] = world.visible()
    assert text.startswith("Here is how it went.\n\nYour figures from")
    assert "- Clicks: 100" in text
    assert world.scalar(DRAFT.format("d.state || ' ' || d.reviewed_by")) == "reviewed approver"
    await world.view()
    assert await world.outcome() is DigestOutcome.VIEWED
    history = await opened(await world.handle.fetch_history(), world.ring)
    assert "Here is how it went" not in history


@pytest.mark.parametrize(
    ("trouble", "note"),
    [
        (TryAgain("answer too slow"), "the model is away: answer too slow"),
        (DrafterRefusal("not in the schema"), "the model gave no usable text: not in the schema"),
        (None, "the model's text was not taken: claim"),
    ],
    ids=["late", "malformed", "flagged"],
)
async def test_a_model_that_goes_wrong_leaves_the_plain_text_and_the_draft_says_why(
    with_model: DigestWorld, trouble: Exception | None, note: str
) -> None:
    world = with_model
    world.model.fails, world.model.says = trouble, "We guarantee more calls."
    await world.start(PAT)
    await world.asked_of_model(3 if isinstance(trouble, TryAgain) else 1)
    await world.until_state("awaiting_approval")

    assert world.scalar(DRAFT.format("r.source || ': ' || r.note")) == f"deterministic: {note}"
    await world.review()
    await world.told(PAT)
    assert world.visible()[0].startswith("Your figures from")


async def test_an_edit_by_a_person_voids_what_was_approved_and_its_editor_may_not_approve_it(
    world: DigestWorld,
) -> None:
    await world.start(PAT)
    await world.review(Review.PRIVACY)
    assert (await world.edit("Your figures, in short: all is well.", by="approver")).refused is None
    assert world.visible() == []
    asked = (
        "SELECT string_agg(approver, ' ' ORDER BY review) FROM approval WHERE superseded_at IS NULL AND run_id = :run"
    )
    assert "approver" not in world.scalar(asked).split()

    await world.skip(hours=1)
    assert world.visible() == []
    await world.review(by={Review.OWNER: world.scalar(asked).split()[0]})
    await world.told(PAT)
    assert world.visible() == ["Your figures, in short: all is well."]
    assert world.scalar(DRAFT.format("r.source || ' ' || r.author || ' ' || d.state")) == "person approver reviewed"


async def test_what_a_person_writes_is_checked_and_what_nobody_may_see_is_not_asked_for(world: DigestWorld) -> None:
    await world.start(PAT)
    outcome = await world.edit("The card 4111 1111 1111 1111 was charged.")

    assert outcome.findings is not None
    assert outcome.findings.blocks
    assert ("post_blocked", "sales-ops") in world.open_tasks()
    await world.edit("A card was charged.")
    await world.review()
    await world.told(PAT)
    assert world.visible() == ["A card was charged."]
