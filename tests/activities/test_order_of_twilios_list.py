from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from activities.providers.twilio_client import created_since

SINCE = datetime(2026, 11, 21, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    sid: str
    date_created: datetime | None
    date_sent: datetime | None


def at(minutes: int) -> datetime:
    return SINCE + timedelta(minutes=minutes)


def sids(*messages: Listed) -> list[str]:
    return [message.sid for message in created_since(messages, SINCE)]


def test_what_left_its_queue_late_hides_nothing_that_is_younger() -> None:
    late, young, old = Listed("late", at(-60), at(20)), Listed("young", at(5), at(6)), Listed("old", at(-9), at(-8))

    assert sids(late, young, old) == ["young"]


def test_what_was_never_sent_does_not_end_the_list() -> None:
    assert sids(Listed("failed", at(-60), None), Listed("queued", at(5), None), Listed("bare", None, None)) == [
        "queued"
    ]


def test_a_list_is_read_no_further_than_where_everything_was_sent_before() -> None:
    def pages() -> Iterator[Listed]:
        yield Listed("young", at(5), at(6))
        yield Listed("old", at(-2), at(-1))
        raise AssertionError("one page too many")

    assert [message.sid for message in created_since(pages(), SINCE)] == ["young"]
