"""Where a post stands, and what may travel to a workflow about it: ids, states and numbers, never wording."""

from enum import StrEnum
from uuid import UUID

from models.frozen import Frozen
from models.terms import ApprovalState
from models.wording.findings import Severity


class PostState(StrEnum):
    """Whether a client sees it. A published post stays visible while a correction of it is being reviewed."""

    STAGED = "staged"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class StagedPost(Frozen):
    """A version of a post that waits for its two reviews."""

    post_id: UUID
    version: int
    content_hash: str
    blocked_by: str = ""
    """Classes of findings for which nobody was asked to review it, such as `payment_card`; empty if both were asked."""


class PostStanding(Frozen):
    """Where the newest version of a post stands."""

    post_id: UUID
    state: PostState
    version: int
    content_hash: str
    published_version: int | None
    owner_approval: ApprovalState
    privacy_review: ApprovalState
    worst_finding: Severity | None

    @property
    def is_visible(self) -> bool:
        """Whether a client sees some version of it now."""
        return self.state is PostState.PUBLISHED

    @property
    def is_current(self) -> bool:
        """Whether what a client sees is the newest version."""
        return self.is_visible and self.published_version == self.version


class WhyNotPublished(StrEnum):
    """Why a post was not published. The values are stored in events."""

    OWNER_APPROVAL_MISSING = "owner_approval_missing"
    PRIVACY_REVIEW_MISSING = "privacy_review_missing"
    OWNER_REJECTED = "owner_rejected"
    PRIVACY_REJECTED = "privacy_rejected"
    WORDING_BLOCKED = "wording_blocked"
    DECISION_ALTERED = "decision_altered"
    """A decision that it rests on does not carry its mark: it was changed, or written past the service."""
    WITHDRAWN = "withdrawn"


class Publication(Frozen):
    """What became of a request to publish. `refusal` None means that the client sees this version."""

    post_id: UUID
    version: int
    refusal: WhyNotPublished | None = None

    @property
    def is_published(self) -> bool:
        """Whether the client sees this version."""
        return self.refusal is None
