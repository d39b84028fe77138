"""A draft is internal until a person has reviewed it as it stands; nothing leaves or is asked for before."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import DatabaseError

from models.approving import ApprovalSubject, AskFor, Review, RiskClass
from models.database import drafts
from models.database.draft_desk import Refused
from models.database.drafts import Reviewed
from models.database.engine import transaction
from models.database.permission import approvals
from models.database.portal import posts
from models.drafting import DraftSource
from models.errors import NotReviewed, UnknownRecord, WordingBlocked
from models.portal.posts import PostKind, PostText
from models.wording.findings import FindingKind
from tests.database.drafted import ANN, BOB, SAM, found_in, hash_of, review, revise, stored
from tests.database.wordings import enter
from tests.database.world import World

SECRET = "sk_live_" + "a1B2c3D4e5F6g7H8i9J0k1L2"


def taken_out(world: World, draft: object) -> Reviewed:
    with transaction(world.engine) as session:
        return drafts.reviewed(session, draft)  # type: ignore[arg-type]


def ask_for(world: World, content: str) -> None:
    asked = AskFor(
        subject=ApprovalSubject.POST, subject_id=uuid4(), client_id=world.client, run_id=None, audience_hash="",
        items=[content], review=Review.OWNER, risk=RiskClass.ROUTINE, approver="ann", delegate=None, requested_by="sam",
        last_editor=None, within=None,
    )  # fmt: skip
    with transaction(world.engine) as session:
        approvals.ask(session, asked)


def test_a_draft_can_be_used_once_a_person_has_reviewed_it_and_its_run_hears_of_it(world: World) -> None:
    draft = stored(world)
    with pytest.raises(NotReviewed):
        taken_out(world, draft)
    run = world.one("SELECT run_id FROM draft")["run_id"]
    before = world.announced(run)

    assert review(world, draft).refused is None
    assert review(world, draft).refused is None

    assert (taken_out(world, draft).body, taken_out(world, draft).last_editor) == ("All is well.", None)
    assert world.announced(run) == before + 1
    assert [event["actor"] for event in world.events("draft_reviewed")] == ["ann"]


def test_nobody_can_be_asked_to_approve_the_text_of_a_draft_that_is_not_reviewed(world: World) -> None:
    draft = stored(world)

    with pytest.raises(NotReviewed, match="draft note is internal"):
        ask_for(world, hash_of(world, draft))
    review(world, draft)
    ask_for(world, hash_of(world, draft))

    earlier = hash_of(world, draft)
    revise(world, draft, "All is very well.")
    with pytest.raises(NotReviewed):
        ask_for(world, earlier)


def test_a_post_cannot_be_staged_from_a_draft_that_is_not_reviewed(world: World) -> None:
    draft = stored(world)
    run = world.one("SELECT run_id FROM draft")["run_id"]
    text = PostText(kind=PostKind.NOTICE, thread="notice/1", title="May", body="All is well.", as_of=datetime.now(UTC))

    with transaction(world.engine) as session, pytest.raises(NotReviewed):
        posts.stage(session, world.client, run, text, 1, "sam", RiskClass.ROUTINE, timedelta(days=1))
    review(world, draft)
    with transaction(world.engine) as session:
        posts.stage(session, world.client, run, text, 1, "sam", RiskClass.ROUTINE, timedelta(days=1))


def test_a_message_of_a_draft_that_is_not_reviewed_does_not_get_into_the_ledger(world: World) -> None:
    planned = world.run()
    body = world.message(planned)["body"]
    stored(world, body)

    with pytest.raises(NotReviewed):
        world.run(lead=world.lead())


def test_an_edit_is_kept_with_its_author_and_makes_the_draft_internal_again(world: World) -> None:
    draft = stored(world)
    review(world, draft)

    assert revise(world, draft, "All is fine.", by=BOB).refused is None
    assert revise(world, draft, "All is fine.", by=BOB).refused is None

    with pytest.raises(NotReviewed):
        taken_out(world, draft)
    rows = world.rows("SELECT number, source, author, body FROM draft_revision ORDER BY number")
    assert [(row["number"], row["source"], row["author"], row["body"]) for row in rows] == [
        (1, "model", "model-1", "All is well."),
        (2, "person", "bob", "All is fine."),
    ]
    assert review(world, draft).refused is None
    assert taken_out(world, draft).last_editor == "bob"


def test_the_database_refuses_to_change_or_delete_a_revision(world: World) -> None:
    stored(world)
    for statement in ("UPDATE draft_revision SET body = 'x'", "DELETE FROM draft_revision"):
        with pytest.raises(DatabaseError, match="never changed or deleted"):
            world.rows(statement)


def test_who_may_not_review_or_has_read_something_else_leaves_a_record_and_no_effect(world: World) -> None:
    draft = stored(world)
    read = hash_of(world, draft)
    revise(world, draft, "All is fine.", by=ANN)
    world.rows(
        "UPDATE staff SET clients = ARRAY[CAST(:other AS uuid)] WHERE handle = 'bob'",
        other=enter(world, "Other Client"),
    )

    assert review(world, draft, by=SAM).refused is Refused.NOT_A_REVIEWER
    assert review(world, draft, by=ANN).refused is Refused.OWN_EDIT
    assert review(world, draft, by=BOB).refused is Refused.OTHER_CLIENT
    assert revise(world, draft, "Mine.", by=BOB).refused is Refused.OTHER_CLIENT
    assert revise(world, draft, "Mine.", by=SAM, shown=read).refused is Refused.CHANGED
    world.rows("UPDATE staff SET clients = NULL")
    assert review(world, draft, by=BOB, shown=read).refused is Refused.CHANGED
    with pytest.raises(UnknownRecord):
        review(world, uuid4(), shown=read)

    with pytest.raises(NotReviewed):
        taken_out(world, draft)
    assert len(world.rows("SELECT * FROM draft_revision")) == 2
    assert [event["reason"] for event in world.events("draft_refused")] == [
        "not_a_reviewer", "own_edit", "other_client", "other_client", "changed", "changed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"Log in with {SECRET}.", FindingKind.CREDENTIAL),
        ("Do as Blue River Roofing does.", FindingKind.OTHER_CLIENT),
        ("Call Ana on 720-555-0147.", FindingKind.PHONE_NUMBER),
    ],
)
def test_a_models_draft_with_what_must_not_leave_never_reaches_an_approval(
    world: World, body: str, kind: FindingKind
) -> None:
    enter(world, "Blue River Roofing")
    draft = stored(world, body)

    assert {finding.kind for finding in found_in(world, draft).found} == {kind}
    assert review(world, draft).refused is Refused.BLOCKED
    # Not even if somebody lets it pass as reviewed.
    world.rows("UPDATE draft SET state = 'reviewed'")
    with pytest.raises(WordingBlocked):
        ask_for(world, hash_of(world, draft))
    assert world.rows("SELECT * FROM approval WHERE subject = 'post'") == []
    kept = str(world.rows("SELECT * FROM event")) + str(world.rows("SELECT * FROM wording_finding"))
    assert [secret for secret in (SECRET, "Blue River", "555-0147") if secret in kept] == []


def test_the_same_draft_is_stored_once(world: World) -> None:
    draft = stored(world)
    with transaction(world.engine) as session:
        again = drafts.write_first(
            session, draft, drafts.Text("", "Something else.", DraftSource.MODEL, "model-2"), SAM
        )
    assert again.content_hash == hash_of(world, draft)
    assert len(world.rows("SELECT * FROM draft_revision")) == 1
