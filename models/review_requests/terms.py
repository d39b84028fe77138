"""The words of a review request: where it stands, and how it ends."""

from enum import StrEnum


class ReviewOutcome(StrEnum):
    """The one named end of a review request."""

    REVIEWED = "reviewed_observed"
    EXPIRED = "expired"
    """Asked, and nothing was observed in the time after it."""
    SUPPRESSED = "suppressed"
    """Not asked, or no further; the reason is kept with the job."""
    CANCELLED = "cancelled"
    """The job was cancelled, refunded or found unfinished after all."""
    FAILED = "failed"
    """No message reached the customer."""
    REPLIED_PRIVATE = "replied_private"
    COMPLAINT_OPENED = "complaint_opened"
    NOT_APPROVED = "not_approved"
    STOPPED = "stopped"
    ROLLED_BACK = "rolled_back"
    GIVEN_TO_PERSON = "given_to_person"


class ReviewStage(StrEnum):
    """Where an open request stands."""

    ELIGIBLE = "eligible"
    WAITS_FOR_COMPLAINT = "waits_for_complaint"
    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    SENT = "sent"
    DELIVERED = "delivered"
    CLICKED = "clicked"
    REMINDER_SENT = "reminder_sent"
