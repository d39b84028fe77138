"""All that somebody decides on, put together once for every page that shows it: the link of a notice and the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import Session

from models.approving import ApprovalSubject, Refusal
from models.database import wording_desk
from models.database.permission import approval_desk, approvals, authority
from models.database.permission.approval_desk import Wording
from models.database.portal.redaction import Redaction, redaction
from models.database.tables.approvals import Approval
from models.database.tables.people import Staff
from models.database.wording_desk import FoundIn
from models.segments import Segments, count
from models.terms import ApprovalState, Channel
from models.wording.findings import FindingKind, Severity
from starter.callers import READ_POSTS, caller_from
from starter.problems import Problem


@dataclass(frozen=True, slots=True)
class Preview:
    """One text exactly as it would leave. `segments` is what an SMS costs; None of every other channel."""

    wording: Wording
    segments: Segments | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """An approval with everything that speaks for and against it, for one reader.

    `may_not` says why the reader may not decide, and is empty if they may.
    """

    id: UUID
    head: RowMapping
    state: ApprovalState
    content_hash: str
    audience_hash: str
    previews: Sequence[Preview]
    findings: Sequence[FoundIn]
    clear: Sequence[str]
    decisions: Sequence[RowMapping]
    attempts: Sequence[RowMapping]
    superseded: bool
    ended: bool
    may_not: str
    post: Redaction | None
    """A post from both sides, for those who may read what stays inside."""

    @property
    def title(self) -> str:
        """What it is about, in a few words."""
        return str(self.head["title"] or self.head["subject"]).strip()

    @property
    def blocked(self) -> bool:
        """Whether nobody may approve it as it is."""
        return any(one.finding.severity is Severity.BLOCK for one in self.findings)

    @property
    def is_open(self) -> bool:
        """Whether a decision still changes something."""
        return not self.superseded and not self.ended

    @property
    def may_decide(self) -> bool:
        """Whether the reader is offered to decide."""
        return self.is_open and not self.may_not and bool(self.previews)


def sheet_of(session: Session, approval_id: UUID, reader: str | None) -> Sheet:
    """Return an approval as `reader` sees it. Raises Problem (404) if there is none."""
    head, approval = approval_desk.one(session, approval_id), session.get(Approval, approval_id)
    if head is None or approval is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such approval; see the list of what waits")
    may_not = authority.who_may_not(session, approval, reader) if reader else None
    findings = wording_desk.of_approval(session, approval)
    found = {one.finding.kind for one in findings}
    both_sides = approval.subject == ApprovalSubject.POST and approval.superseded_at is None
    return Sheet(
        id=approval.id,
        head=head,
        state=approvals.state_of(session, approval),
        content_hash=approval.content_hash,
        audience_hash=approval.audience_hash,
        previews=[Preview(one, _segments(one)) for one in approval_desk.wording_of(session, approval)],
        findings=findings,
        clear=[kind.value for kind in FindingKind if kind not in found],
        decisions=approval_desk.decisions(session, approval_id),
        attempts=approval_desk.attempts(session, approval_id),
        superseded=approval.superseded_at is not None,
        ended=approval_desk.has_ended(session, approval),
        may_not=sentence(may_not),
        post=redaction(session, approval.subject_id)
        if both_sides and _reads_posts(session, approval, reader)
        else None,
    )


def sentence(refusal: Refusal | None) -> str:
    """Return a refusal as a sentence; empty for none."""
    return f"{refusal[0].upper()}{refusal[1:]}." if refusal else ""


def _reads_posts(session: Session, approval: Approval, reader: str | None) -> bool:
    """Return whether a reader may see what stays inside. Whoever merely has the link of a notice may not."""
    row = session.get(Staff, reader) if reader else None
    return (
        row is not None and caller_from(row).may(READ_POSTS) and authority.is_of_theirs(session, approval, row.handle)
    )


def _segments(wording: Wording) -> Segments | None:
    return count(wording.body) if wording.channel == Channel.SMS else None
