"""What is left of a span that holds personal data in every place there is."""

import pytest
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceState

from models.observability.impersonal import impersonal

CONTEXT = SpanContext(1, 2, False, trace_state=TraceState([("who", "zephyrine")]))


def a_span(attributes: dict[str, str], name: str = "POST", kind: SpanKind = SpanKind.CLIENT) -> ReadableSpan:
    return ReadableSpan(
        name,
        CONTEXT,
        parent=CONTEXT,
        kind=kind,
        attributes=attributes,
        events=[
            Event("exception", {"exception.type": "IntegrityError", "exception.message": "Key (phone)=(zephyrine)"}),
            Event("zephyrine", {"body": "zephyrine"}),
        ],
        links=[Link(CONTEXT, {"to": "zephyrine"})],
        status=Status(StatusCode.ERROR, "IntegrityError: zephyrine"),
    )


@pytest.mark.parametrize("attribute", ["http.url", "url.full", "http.target", "user_agent.original", "anything"])
def test_nothing_personal_is_left_in_any_place(attribute: str) -> None:
    left = impersonal(a_span({attribute: "http://zephyrine@127.0.0.1:1/u/zephyrine-1?To=zephyrine#zephyrine"}))
    assert "zephyrine" not in left.to_json()
    assert left.attributes is not None
    assert left.attributes["error.type"] == "IntegrityError"
    assert left.status.status_code is StatusCode.ERROR


def test_a_call_keeps_its_host_and_the_kinds_in_its_path() -> None:
    url = "https://api.hubapi.com/crm/v3/objects/contacts/0d9d-41?idProperty=agency_lead_id"
    left = impersonal(a_span({"http.url": url}))
    assert left.name == "POST /crm/v3/objects/contacts/{}"
    assert left.attributes is not None
    assert left.attributes["server.address"] == "api.hubapi.com"


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("HandleSignal:nudge", "HandleSignal:nudge"),
        ("HandleSignal:call Zephyrine", "HandleSignal:other"),
        ("HandleQuery:zephyrine", "HandleQuery:other"),
        ("RunActivity:send", "RunActivity:send"),
    ],
)
def test_a_signal_of_any_other_name_keeps_it_for_itself(name: str, left: str) -> None:
    assert impersonal(a_span({}, name, SpanKind.SERVER)).name == left
