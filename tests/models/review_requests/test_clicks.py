"""Whose use of a link counts."""

from datetime import UTC, datetime, timedelta

import pytest

from models.review_requests.clicks import LinkUse, NotCounted, not_counted

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1"
USE = LinkUse(method="GET", agent=PHONE, at=NOW, arrived_at=NOW - timedelta(minutes=3))


def test_a_person_with_a_browser_counts() -> None:
    assert not_counted(USE) is None
    assert not_counted(USE.model_copy(update={"arrived_at": None})) is None


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Googlebot/2.1)",
        "facebookexternalhit/1.1",
        "WhatsApp/2.24",
        "Slackbot-LinkExpanding 1.0",
        "Mozilla/5.0 (Windows NT 10.0) HeadlessChrome/120.0 Safari/537.36",
        "Barracuda Sentinel (EE)",
        "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
        "GoogleImageProxy",
    ],
)
def test_a_program_that_looks_where_links_lead_does_not(agent: str) -> None:
    assert not_counted(USE.model_copy(update={"agent": agent})) is NotCounted.PROGRAM


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"method": "HEAD"}, NotCounted.METHOD),
        ({"arrived_at": NOW - timedelta(seconds=4)}, NotCounted.TOO_SOON),
        ({"other_link_at": NOW - timedelta(seconds=1)}, NotCounted.ALL_AT_ONCE),
    ],
)
def test_what_nobody_could_have_read_does_not(change: dict[str, object], why: NotCounted) -> None:
    assert not_counted(USE.model_copy(update=change)) is why
