"""Posts as the API shows them to staff: what a client will see, and beside it what stays inside."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from models.database.portal.redaction import Redaction
from models.database.tables.approvals import Approval
from models.portal.posts import PostKind
from models.portal.standing import PostState
from models.portal.views import ViewLevel
from models.terms import ApprovalState
from models.wording.findings import FindingKind, Severity


class PostLine(BaseModel):
    """A post in a list, with the title of its newest version."""

    id: UUID
    client: str
    run_id: UUID
    thread: str
    number: int
    kind: PostKind
    state: PostState
    title: str
    author: str
    version: int
    published_version: int | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    created_at: datetime


class FoundLine(BaseModel):
    """Something that was found in the wording; never the words themselves."""

    kind: FindingKind
    severity: Severity
    part: str
    start: int
    end: int
    advice: str


class ShownFigure(BaseModel):
    """A figure as a client reads it, and where it comes from inside."""

    label: str
    shown: str
    source: str = Field(description="With its id there; a client reads only its name.")
    period: str
    as_of: datetime
    basis: str


class WillSee(BaseModel):
    """What a client will see, and nothing else."""

    kind: PostKind
    title: str
    body: str
    as_of: datetime
    figures: list[ShownFigure]


class Note(BaseModel):
    """Something that belongs to a post and stays inside."""

    label: str
    text: str


class VersionLine(BaseModel):
    """One wording of a post, with what stays inside."""

    version: int
    title: str
    body: str
    author: str
    reason: str
    content_hash: str
    created_at: datetime
    internal: list[Note]


class Asked(BaseModel):
    """A review that was asked for; decided on with `POST /v1/approvals/{id}/decision`."""

    id: UUID
    review: str
    approver: str
    state: ApprovalState


class PostInFull(BaseModel):
    """A post from both sides."""

    id: UUID
    run_id: UUID
    thread: str
    state: PostState
    version: int
    published_version: int | None
    content_hash: str
    client_will_see: WillSee
    findings: list[FoundLine]
    stays_inside: list[VersionLine]
    reviews: list[Asked]


class Viewed(BaseModel):
    """How surely one person has seen a post."""

    contact_id: UUID
    level: ViewLevel
    first_at: datetime


def in_full(found: Redaction, asked: Sequence[Approval]) -> PostInFull:
    """Return a post from both sides."""
    standing, text = found.standing, found.text
    states = {"owner": standing.owner_approval, "privacy": standing.privacy_review}
    return PostInFull(
        id=found.post.id,
        run_id=found.post.run_id,
        thread=found.post.thread,
        state=standing.state,
        version=standing.version,
        published_version=standing.published_version,
        content_hash=standing.content_hash,
        client_will_see=WillSee(
            kind=text.kind,
            title=text.title,
            body=text.body,
            as_of=text.as_of,
            figures=[
                ShownFigure(
                    label=one.label,
                    shown=one.shown,
                    source=one.source,
                    period=one.period.in_words,
                    as_of=one.as_of,
                    basis=one.basis,
                )
                for one in text.figures
            ],
        ),
        findings=[FoundLine(**one.model_dump(include=set(FoundLine.model_fields))) for one in found.findings],
        stays_inside=[VersionLine(**version.model_dump()) for version in found.versions],
        reviews=[Asked(id=one.id, review=one.review, approver=one.approver, state=states[one.review]) for one in asked],
    )
