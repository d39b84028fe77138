"""Posts of one run as a test stages, reviews and publishes them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from models.approving import ApprovalSubject, Review, RiskClass, Verdict
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approvals
from models.database.portal import posts, withdrawing
from models.database.tables.people import Staff
from models.digests.figures import Figure, Period, Unit
from models.portal.posts import InternalNote, PostKind, PostText
from models.portal.standing import PostStanding, Publication, StagedPost
from models.terms import DecisionChannel, DecisionKind, Role

WITHIN = timedelta(days=2)
STAFF = Origin("api", "sam")
ANN, PRIYA = Origin("api", "ann"), Origin("api", "priya")
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
    """Stages and reviews the posts of one run; `sam` writes, two others review: as owner, and for privacy."""

    def __init__(
        self, engine: Engine, client: UUID, run: UUID, reviewers: tuple[Origin, Origin] = (ANN, PRIYA)
    ) -> None:
        self.engine, self.client, self.run, self.reviewers = engine, client, run, reviewers

    def stage(self, number: int = 1, internal: Sequence[InternalNote] = (), **changes: Any) -> StagedPost:
        with transaction(self.engine) as session:
            text = text_of(**changes)
            return posts.stage(session, self.client, self.run, text, number, "sam", RiskClass.ROUTINE, WITHIN, internal)

    def review(
        self,
        post: UUID,
        which: Review,
        decision: DecisionKind = DecisionKind.APPROVE,
        by: Origin | None = None,
    ) -> Verdict:
        by = by or dict(zip(Review, self.reviewers, strict=True))[which]
        with transaction(self.engine) as session:
            approval = approvals.of(session, ApprovalSubject.POST, post, which)
            assert approval is not None
            return approvals.decide(session, approval.id, decision, approval.content_hash, by, DecisionChannel.API)

    def review_twice(self, post: UUID) -> None:
        """Give both reviews."""
        for which in Review:
            assert self.review(post, which).refusal is None

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
            return withdrawing.withdraw(session, post, STAFF, "a figure is wrong")

    def correct(self, post: UUID, **changes: Any) -> StagedPost:
        with transaction(self.engine) as session:
            given = text_of(**changes)
            return posts.correct(session, post, given, STAFF, "a figure was wrong", RiskClass.ROUTINE, WITHIN)

    def standing(self, post: UUID) -> PostStanding:
        with transaction(self.engine) as session:
            return posts.standing(session, post)


def employ_a_privacy_reviewer(engine: Engine) -> None:
    """Let `priya` in."""
    with transaction(engine) as session:
        session.add(Staff(handle="priya", email="priya@example.com", roles=[Role.PRIVACY_REVIEWER]))
