"""Staged inside, reviewed twice, shown once; withdrawn at once."""

import pytest
from sqlalchemy import text

from models.approving import ApprovalSubject, Refusal, Review
from models.database.engine import transaction
from models.database.permission import approval_desk, approvals
from models.database.portal.reading import PortalReader, one
from models.errors import KeyReusedWithDifferentContent, UnusableCorrection
from models.portal.posts import InternalNote
from models.portal.standing import PostState, WhyNotPublished
from models.terms import ApprovalState, DecisionKind
from models.wording.findings import Severity
from tests.database.portal.conftest import titles
from tests.database.portal.desk import ANN, PRIYA, STAFF, PostDesk
from tests.database.world import World


@pytest.mark.parametrize("order", [(Review.OWNER, Review.PRIVACY), (Review.PRIVACY, Review.OWNER)])
def test_a_post_is_shown_after_both_reviews_in_either_order(
    world: World, desk: PostDesk, portal: PortalReader, order: tuple[Review, Review]
) -> None:
    post = desk.stage().post_id
    assert not desk.publish(post).is_published
    desk.review(post, order[0])
    assert not desk.publish(post).is_published
    assert titles(portal, world.client) == []

    desk.review(post, order[1])
    assert desk.publish(post).is_published
    assert titles(portal, world.client) == ["Your October report"]


def test_what_is_missing_is_said_and_recorded(world: World, desk: PostDesk) -> None:
    post = desk.stage().post_id
    assert desk.publish(post).refusal is WhyNotPublished.OWNER_APPROVAL_MISSING
    desk.review(post, Review.OWNER)
    assert desk.publish(post).refusal is WhyNotPublished.PRIVACY_REVIEW_MISSING
    desk.review(post, Review.PRIVACY, DecisionKind.REJECT)
    assert desk.publish(post).refusal is WhyNotPublished.PRIVACY_REJECTED

    assert [event["reason"] for event in world.events("post_not_published")] == [
        "owner_approval_missing",
        "privacy_review_missing",
        "privacy_rejected",
    ]


def test_staging_publishing_and_withdrawing_are_safe_to_repeat(world: World, desk: PostDesk) -> None:
    first = desk.stage()
    assert desk.stage() == first
    post = desk.published()
    assert post == first.post_id
    assert desk.publish(post).is_published
    assert desk.stage() == first
    assert desk.withdraw(post)
    assert not desk.withdraw(post)

    for kind, count in (("post_staged", 1), ("post_published", 1), ("post_withdrawn", 1)):
        assert len(world.events(kind)) == count
    assert len(world.rows("SELECT 1 FROM approval WHERE subject_id = :post", post=post)) == 2
    assert [row["kind"] for row in world.rows("SELECT kind FROM undo WHERE about = :post", post=str(post))] == [
        "portal_post"
    ]


def test_every_edit_voids_what_was_approved(desk: PostDesk) -> None:
    post = desk.stage().post_id
    for version in range(2, 7):  # ids are random, so one edit alone could look right by chance
        desk.review_twice(post)
        edited = desk.stage(body=f"Fewer people called in week {version}.")

        assert edited.version == version
        assert desk.standing(post).owner_approval is ApprovalState.WAITING
        assert desk.publish(post).refusal is WhyNotPublished.OWNER_APPROVAL_MISSING


def test_an_approval_that_was_taken_back_publishes_nothing(desk: PostDesk) -> None:
    post = desk.stage().post_id
    desk.review_twice(post)
    desk.review(post, Review.PRIVACY, DecisionKind.REVOKE)
    assert desk.publish(post).refusal is WhyNotPublished.PRIVACY_REJECTED


def test_nobody_reviews_what_they_wrote_or_for_the_other_side(desk: PostDesk) -> None:
    post = desk.stage().post_id
    assert desk.review(post, Review.OWNER, by=STAFF).refusal is not None
    assert desk.review(post, Review.PRIVACY, by=ANN).refusal is Refusal.NOT_A_PRIVACY_REVIEWER
    assert desk.review(post, Review.OWNER, by=PRIYA).refusal is Refusal.NOT_AN_APPROVER
    assert not desk.publish(post).is_published


def test_reviewers_see_the_exact_wording_with_its_figures(world: World, desk: PostDesk) -> None:
    post = desk.stage().post_id
    with transaction(world.engine) as session:
        asked = approvals.of(session, ApprovalSubject.POST, post, Review.PRIVACY)
        assert asked is not None
        [wording] = approval_desk.wording_of(session, asked)
        titles_waiting = {row["title"] for row in approval_desk.waiting(session)}

    assert (wording.channel, wording.subject) == ("portal", "Your October report")
    assert "Calls answered: 41 (Call tracking, Oct 1, 2026 to Oct 31, 2026)" in wording.body
    assert titles_waiting == {"Your October report"}


def test_a_correction_after_the_run_has_ended_still_waits_for_its_reviewers(world: World, desk: PostDesk) -> None:
    post = desk.published()
    world.rows("UPDATE run SET closed_at = clock_timestamp()")
    desk.correct(post, body="As many people called in October as before.")
    with transaction(world.engine) as session:
        assert len(approval_desk.waiting(session)) == 2


def test_a_published_post_is_not_changed_by_staging_again(desk: PostDesk) -> None:
    desk.published()
    with pytest.raises(KeyReusedWithDifferentContent):
        desk.stage(body="Fewer people called in October.")


def test_nobody_is_asked_to_review_wording_that_may_not_be_seen(world: World, desk: PostDesk) -> None:
    blocked = desk.stage(body="The card 4111 1111 1111 1111 was charged.")
    assert blocked.blocked_by == "payment_card"
    assert desk.stage(body="The card 4111 1111 1111 1111 was charged.") == blocked
    assert desk.publish(blocked.post_id).refusal is WhyNotPublished.OWNER_APPROVAL_MISSING
    with transaction(world.engine) as session:
        assert approvals.of(session, ApprovalSubject.POST, blocked.post_id) is None
    [task] = world.tasks("post_blocked")
    assert (task["evidence"], "4111" in str(dict(task))) == ({"found": "payment_card"}, False)

    assert desk.stage(body="A card was charged.").blocked_by == ""
    assert world.tasks("post_blocked") == []


def test_what_became_unfit_to_be_seen_since_its_reviews_is_not_published(
    world: World, desk: PostDesk, portal: PortalReader
) -> None:
    post = desk.stage(body="More people called than Bramble Roofing has.").post_id
    desk.review_twice(post)
    world.rows(
        "INSERT INTO client (id, key, name, time_zone, postal_address, phone) VALUES "
        "(gen_random_uuid(), 'b', 'Bramble Roofing', 'America/Denver', '', '')"
    )

    assert desk.standing(post).worst_finding is Severity.BLOCK
    assert desk.publish(post).refusal is WhyNotPublished.WORDING_BLOCKED
    assert titles(portal, world.client) == []
    assert len(world.tasks("post_blocked")) == 1


def test_another_clients_name_blocks_a_post_and_a_sourced_figure_does_not(world: World, desk: PostDesk) -> None:
    world.rows("UPDATE client SET name = 'Bramble Roofing' WHERE id = :id", id=world.another_client())
    assert desk.standing(desk.stage().post_id).worst_finding is None

    named = desk.stage(number=2, body="Better than Bramble Roofing.").post_id
    assert desk.standing(named).worst_finding is Severity.BLOCK


def test_a_withdrawn_post_is_gone_at_once_and_comes_back_only_as_a_reviewed_correction(
    world: World, desk: PostDesk, portal: PortalReader
) -> None:
    post = desk.published()
    desk.withdraw(post)
    assert titles(portal, world.client) == []
    assert desk.publish(post).refusal is WhyNotPublished.WITHDRAWN

    desk.correct(post, title="Your October report, corrected")
    assert desk.publish(post).refusal is WhyNotPublished.OWNER_APPROVAL_MISSING
    desk.review(post, Review.OWNER)
    desk.review(post, Review.PRIVACY)
    assert desk.publish(post).is_published
    assert titles(portal, world.client) == ["Your October report, corrected"]


def test_a_correction_says_so_and_what_was_published_stays_until_it_is_reviewed(
    world: World, desk: PostDesk, portal: PortalReader
) -> None:
    post = desk.published()
    corrected = desk.correct(post, body="As many people called in October as before.")
    assert corrected.version == 2
    with portal.of_client(world.client) as session:
        before = one(session, post)
    assert before is not None
    assert before.text.startswith("More people")
    assert before.corrected_at is None

    desk.review(post, Review.PRIVACY)
    desk.review(post, Review.OWNER)
    assert desk.publish(post).is_published
    with portal.of_client(world.client) as session:
        after = one(session, post)
    assert after is not None
    assert after.text.startswith("As many")
    assert after.corrected_at is not None
    assert after.at == before.at
    assert desk.standing(post).is_current


def test_a_correction_corrects_something_and_stays_the_same_post(desk: PostDesk) -> None:
    post = desk.published()
    with pytest.raises(UnusableCorrection, match="nothing"):
        desk.correct(post)
    with pytest.raises(UnusableCorrection, match="thread"):
        desk.correct(post, thread="report/2026-11")


def test_the_projection_holds_what_is_shown_and_nothing_internal(
    world: World, desk: PostDesk, portal: PortalReader
) -> None:
    note = InternalNote(label="note", text="they pay late, be kind")
    post = desk.published(internal=(note,))
    [row] = world.rows("SELECT * FROM portal_post")

    assert set(row) == {"id", "client_id", "thread", "kind", "title", "text", "as_of", "figures", "at", "corrected_at"}
    assert "pay late" not in str(dict(row))
    assert row["figures"] == [
        {
            "label": "Calls answered",
            "shown": "41",
            "source": "Call tracking",
            "period": "Oct 1, 2026 to Oct 31, 2026",
            "as_of": "2026-11-03T15:00:00+00:00",
            "basis": "",
        }
    ]
    assert world.rows("SELECT internal FROM post_version WHERE post_id = :post", post=post)[0]["internal"]


def test_where_a_post_stands_can_be_read(desk: PostDesk) -> None:
    post = desk.stage().post_id
    standing = desk.standing(post)
    assert (standing.state, standing.is_visible, standing.is_current) == (PostState.STAGED, False, False)


def test_a_post_whose_review_was_altered_past_the_service_is_not_shown(desk: PostDesk, portal: PortalReader) -> None:
    post = desk.stage().post_id
    desk.review_twice(post)
    with desk.engine.begin() as connection:
        connection.execute(text("UPDATE decision SET approver = 'eve' WHERE decision = 'approve'"))

    assert desk.publish(post).refusal == "decision_altered"
    assert titles(portal, desk.client) == []
    with desk.engine.connect() as connection:
        assert connection.execute(text("SELECT kind FROM owner_task WHERE closed_at IS NULL")).scalars().all() == [
            "post_blocked"
        ]


@pytest.mark.parametrize("which", list(Review))
def test_an_approval_that_is_taken_back_after_publication_hides_the_post(
    world: World, desk: PostDesk, portal: PortalReader, which: Review
) -> None:
    post = desk.published()
    desk.review(post, which, DecisionKind.REVOKE)

    assert titles(portal, world.client) == []
    assert desk.standing(post).state is PostState.WITHDRAWN
    [event] = world.events("post_withdrawn")
    by = dict(zip(Review, (ANN, PRIYA), strict=True))[which]
    assert (event["reason"], event["actor"]) == ("no_longer_approved", by.actor)
    assert len(world.tasks("post_withdrawn")) == 1

    desk.correct(post, body="As many people called in October as before.")
    desk.review_twice(post)
    assert desk.publish(post).is_published
    assert titles(portal, world.client) == ["Your October report"]
    assert world.tasks("post_withdrawn") == []


def test_a_correction_that_is_rejected_leaves_what_was_published(
    world: World, desk: PostDesk, portal: PortalReader
) -> None:
    post = desk.published()
    desk.correct(post, body="As many people called in October as before.")
    desk.review(post, Review.OWNER, DecisionKind.REJECT)
    assert titles(portal, world.client) == ["Your October report"]
    assert world.events("post_withdrawn") == []
