"""What people at a client receive is theirs to say; only a POST changes it."""

from tests.starter.conftest import Api
from tests.starter.portal.conftest import Reader


def _receives(api: Api) -> list[str]:
    found: list[str] = api.value("SELECT receives FROM client_contact")
    return found


async def test_what_is_sent_can_be_chosen(api: Api, reader: Reader) -> None:
    shown = (await reader.get("/preferences")).text
    assert 'value="reports" checked' in shown
    assert 'value="incidents">' in shown
    assert "p•••@•••.example" in shown

    answer = await reader.post("/preferences", {"receives": ["incidents", "something-else"]})
    assert answer.status_code == 303
    assert _receives(api) == ["incidents"]
    await reader.post("/preferences", {"receives": ["incidents"]})
    [event] = api.rows("SELECT facts FROM event WHERE kind = 'contact_changed'")
    assert event.facts["receives"] == ["incidents"]
    await reader.post("/preferences", {})
    assert _receives(api) == []


async def test_what_somebody_has_chosen_stays_when_they_are_entered_again(api: Api, reader: Reader) -> None:
    who = api.rows("SELECT name, email FROM client_contact")[0]
    entered = {"client": "acme-plumbing", "name": "Pat O.", "email": who.email, "evidence": "agreement/2026-05"}
    assert (await api.post("/v1/client-contacts", entered | {"receives": ["reports"]})).json()["receives"] == [
        "reports"
    ]
    await reader.post("/preferences", {"receives": ["incidents"]})

    again = (await api.post("/v1/client-contacts", entered)).json()

    assert (again["receives"], again["name"]) == (["incidents"], "Pat O.")
    assert again["chosen_at"] is not None


async def test_an_opt_out_counts_at_once_and_needs_a_post(api: Api, reader: Reader) -> None:
    await reader.get("/preferences/opt-out?channel=email")
    await api.http.head(f"{reader.link}/preferences/opt-out")
    assert not api.rows("SELECT 1 FROM consent WHERE status = 'revoked'")

    for _ in range(2):
        assert (await reader.post("/preferences/opt-out", {"channel": "email"})).status_code == 303
    [revoked] = api.rows("SELECT source, evidence, channel FROM consent WHERE status = 'revoked'")
    assert (revoked.source, revoked.channel) == ("portal", "email")
    assert revoked.evidence.startswith("portal_link/")
    assert "nothing more here" in (await reader.get("/preferences")).text


async def test_an_address_that_somebody_has_not_given_cannot_be_opted_out(api: Api, reader: Reader) -> None:
    for form in ({"channel": "sms"}, {"channel": "pigeon"}, {}):
        assert (await reader.post("/preferences/opt-out", form)).status_code == 404
    assert not api.rows("SELECT 1 FROM consent WHERE status = 'revoked'")
