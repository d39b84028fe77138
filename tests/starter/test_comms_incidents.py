"""`comms incident`, against the API it talks to: only what the command line adds to it."""

from models.terms import RunKind
from starter.comms.incident_commands import _line, _touches
from starter.comms.incident_words import Touch, telling


def test_what_it_pauses_is_the_clients_unless_something_else_is_named() -> None:
    assert _touches(Touch.CLIENTS, None, None) is None
    assert _touches(Touch.NOTHING, None, None) == []
    assert _touches(Touch.EVERYTHING, None, None) == [{"scope": "everything"}]
    assert _touches(Touch.CLIENTS, RunKind.OUTREACH, "twilio") == [
        {"scope": "kind", "kind": "outreach"},
        {"scope": "provider", "provider": "twilio"},
    ]


def test_a_promise_may_be_a_span_from_now() -> None:
    assert telling("", "", None)["next_update_at"] is None
    assert telling("", "", "2h")["next_update_at"].endswith("+00:00")


def test_the_list_shows_when_clients_hear_next() -> None:
    one = {
        "id": "i", "severity": "minor", "title": "t", "state": "resolved", "clients": [{"client": "acme"}], "owner": "o",
        "summary_due": "2026-11-30T17:00:00+00:00", "next_update_due": None,
    }  # fmt: skip
    assert _line(one) == ("i", "minor: t", "resolved", "acme", "o", "2026-11-30 17:00:00")
