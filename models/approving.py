"""The words of approving: what is asked, of whom, and why a decision may not be given. Nothing here reads a row."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from models.terms import Role


class ApprovalSubject(StrEnum):
    """What a decision is about."""

    RUN = "run"
    TEMPLATE = "template"
    POST = "post"
    RESUME = "resume"
    CORRECTION = "correction"


class Review(StrEnum):
    """From which side it is read: the owner's (is it right and wanted?) or that of privacy (is nothing internal in it?)."""

    OWNER = "owner"
    PRIVACY = "privacy"


class RiskClass(StrEnum):
    """How many people must agree. Any one of them may say no."""

    ROUTINE = "routine"
    TWO_PEOPLE = "two_people"


ROLE_FOR = {Review.OWNER: Role.APPROVER, Review.PRIVACY: Role.PRIVACY_REVIEWER}
"""The role that a review needs, unless the approval was handed to its delegate."""


class Refusal(StrEnum):
    """Why a decision was not accepted. Recorded as an event; shown to whoever tried."""

    UNKNOWN_APPROVAL = "there is no such approval"
    NOT_AN_APPROVER = "only an active approver may decide"
    NOT_A_PRIVACY_REVIEWER = "only an active privacy reviewer may decide"
    OTHER_CLIENT = "this approval is of a client that you do not work for"
    OWN_REQUEST = "whoever asked for an approval may not give it"
    OWN_EDIT = "whoever edited the wording last may not approve it"
    WORDING_CHANGED = "the wording is not the one that was shown; read it again"
    AUDIENCE_CHANGED = "the recipients are not the ones that were shown; read it again"
    SUPERSEDED = "a newer approval has replaced this one"
    EXPIRED = "the time to decide is over"
    SECOND_PERSON = "you have approved it; a second person must agree"
    WORDING_BLOCKED = "something was found in the wording that must not leave; it must be put right first"
    WRONG_CODE = "the code is wrong, used or expired; ask for a new one"
    WRONG_RUN = "the code belongs to another approval; it is now spent, ask for a new one"
    NO_VERIFIED_IDENTITY = "the server has not verified who sent this signal; type the single-use code"
    UNKNOWN_IDENTITY = "the identity that the server has verified belongs to no active member of staff"
    NOT_THEIR_CODE = "the code belongs to somebody else than the identity that the server has verified; it is now spent"
    UNKNOWN_LINK = "there is no such link"
    NO_SESSION = "nobody is signed in; sign in and decide again"
    WRONG_CSRF = "the form did not come from this page; open the link again"
    NOT_THEIR_LINK = "the link was sent to somebody else; ask for one of your own"
    LINK_USED = "the link has been used; it works once"
    LINK_EXPIRED = "the link is too old; ask for a new one"
    REVIEW_WORDING = (
        "this wording must not ask for reviews: it steers, rewards, chooses whom to ask, or shows no one link"
    )
    NO_GESTURE = "confirm that you have read all of it, or say what is wrong with it"


@dataclass(frozen=True, slots=True)
class AskFor:
    """A request to approve exact wording for an exact audience.

    Args:
        subject: what it is about.
        subject_id: which one.
        client_id: whose; None if it concerns every client, as a template does.
        run_id: the run that waits for the decision and is told of it; None if none does.
        items: content hashes in their order: of a message's subject and body, of a template, of a post.
        audience_hash: covers who will see it, see `hash_of_audience`; empty if nobody in particular.
        review: from which side.
        risk: how many people must agree.
        approver: who is asked first. Anybody else with the role may decide as well.
        delegate: may decide too once the approver has let it lie; is then told.
        requested_by: may not decide.
        last_editor: may not decide either.
        within: how long there is to decide; None: no end.
        recipients: address hashes. If given, a message that relies on this approval must go to one of them.
    """

    subject: ApprovalSubject
    subject_id: UUID
    client_id: UUID | None
    run_id: UUID | None
    items: Sequence[str]
    audience_hash: str
    review: Review
    risk: RiskClass
    approver: str
    delegate: str | None
    requested_by: str
    last_editor: str | None
    within: timedelta | None
    recipients: tuple[str, ...] | None = None

    @property
    def content_hash(self) -> str:
        """The hash that covers all items."""
        return hash_of_items(self.items)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a decision. `refusal` None means that it counts."""

    approval_id: UUID | None
    refusal: Refusal | None = None


def hash_of_items(hashes: Sequence[str]) -> str:
    """Return the hash that covers all items of an approval, in their order (sha256, hex)."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def hash_of_audience(recipients: Iterable[str]) -> str:
    """Return the hash that covers an audience, in whatever order it is named (sha256, hex); empty for nobody."""
    names = sorted(set(recipients))
    return hash_of_items(names) if names else ""
