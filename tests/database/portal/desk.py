"""Posts of one run as a test stages, reviews and publishes them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approvals
from models.database.permission.approvals import Verdict
from models.database.portal import posts
from models.digests.figures import Figure, Period, Unit
from models.portal.posts import InternalNote, PostKind, PostText
from models.portal.reviews import Review, RiskClass
from models.portal.standing import PostStanding, Publication, StagedPost
from models.terms import DecisionChannel, DecisionKind

WITHIN = timedelta(days=2)
STAFF = Origin("api", "sam")
ANN, BOB = Origin("api", "ann"), Origin("api", "bob")
CALLS = Figure(
    key="calls",
    label="Calls answered",
    value=Decimal(41),
    unit=Unit.COUNT,
    source="call_tracking/line-1",
    period=Period(first=date(2026, 10, 1), last=date(2026, 10, 31)),
    as_of=datetime(2026, 11, 3, 15, tzinfo=UTC),
)


def text_of(**changes: Any) -> PostText:
    given: dict[str, Any] = {
        "kind": PostKind.REPORT,
        "thread": "report/2026-10",
        "title": "Your October report",
        "body": "More people called in October.\n\nNothing is needed from you.",
        "as_of": datetime(2026, 11, 3, 15, tzinfo=UTC),
        "figures": (CALLS,),
    }
    return PostText(**given | changes)


class PostDesk:
    """Stages and reviews the posts of one run; `sam` writes, two others review."""

    def __init__(self, engine: Engine, client: UUID, run: UUID, reviewers: tuple[Origin, Origin] = (ANN, BOB)) -> None:
        self.engine, self.client, self.run, self.reviewers = engine, client, run, reviewers

    def stage(self, number: int = 1, internal: Sequence[InternalNote] = (), **changes: Any) -> StagedPost:
        with transaction(self.engine) as session:
            text = text_of(**changes)
            return posts.stage(session, self.client, self.run, text, number, "sam", RiskClass.ROUTINE, WITHIN, internal)

    def review(
        self, post: UUID, which: Review, by: Origin = ANN, decision: DecisionKind = DecisionKind.APPROVE
    ) -> Verdict:
        with transaction(self.engine) as session:
            found = session.connection().exec_driver_sql(
                "SELECT id, content_hash FROM approval WHERE subject = %s AND subject_id = %s AND superseded_at IS NULL",
                (f"post_{which}", post),
            )
            approval, content_hash = found.one()
            return approvals.decide(session, approval, decision, content_hash, by, DecisionChannel.API)

    def review_twice(self, post: UUID) -> None:
        """Give both reviews."""
        for which, by in zip(Review, self.reviewers, strict=True):
            assert self.review(post, which, by).refusal is None

    def publish(self, post: UUID) -> Publication:
        with transaction(self.engine) as session:
            return posts.publish(session, post, STAFF)

    def published(self, number: int = 1, internal: Sequence[InternalNote] = (), **changes: Any) -> UUID:
        """Stage, review and publish a post."""
        post = self.stage(number, internal, **changes).post_id
        self.review_twice(post)
        assert self.publish(post).is_published
        return post

    def withdraw(self, post: UUID) -> bool:
        with transaction(self.engine) as session:
            return posts.withdraw(session, post, STAFF, "a figure is wrong")

    def correct(self, post: UUID, **changes: Any) -> StagedPost:
        with transaction(self.engine) as session:
            given = text_of(**changes)
            return posts.correct(session, post, given, STAFF, "a figure was wrong", RiskClass.ROUTINE, WITHIN)

    def standing(self, post: UUID) -> PostStanding:
        with transaction(self.engine) as session:
            return posts.standing(session, post)
