"""What people at a client choose to receive."""

from enum import StrEnum


class Subscription(StrEnum):
    """Stored with people at clients, so the values never change meaning."""

    REPORTS = "reports"
    INCIDENTS = "incidents"


IN_WORDS = {
    Subscription.REPORTS: "Reports on results",
    Subscription.INCIDENTS: "Notices about problems with the service",
}
"""As a client reads them."""
