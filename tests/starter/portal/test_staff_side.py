"""What staff do about the portal: people at clients and their links, posts from both sides, withdrawing, correcting."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from models.approving import Review
from models.portal.posts import InternalNote
from starter.comms.__main__ import app
from tests.database.portal.desk import PostDesk
from tests.starter.approving import session_of, shows
from tests.starter.conftest import Api
from tests.starter.portal.conftest import BROWSER, Reader

PAT = {
    "client": "acme-plumbing",
    "name": "Pat Owner",
    "email": "Pat@Acme.example",
    "evidence": "agreement/2026-04",
}
CARD = "4111 1111 1111 1111"
WHY = {"reason": "a figure is wrong"}


async def _entered(api: Api, **changes: Any) -> dict[str, Any]:
    answer = await api.post("/v1/client-contacts", PAT | changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_people_at_clients_are_entered_listed_and_deactivated(api: Api) -> None:
    entered = await _entered(api)
    assert entered["email"] == "pat@acme.example"
    assert (await _entered(api, name="Pat O."))["id"] == entered["id"]
    assert [one["name"] for one in (await api.get("/v1/client-contacts", client="acme-plumbing")).json()] == ["Pat O."]

    link = (await api.post(f"/v1/client-contacts/{entered['id']}/portal-links", {})).json()["url"]
    path = link.removeprefix("https://comms.example.com")
    assert (await api.http.get(path, headers=BROWSER)).status_code == 303
    gone = await api.post(f"/v1/client-contacts/{entered['id']}/deactivate")
    assert gone.json()["active"] is False
    assert (await api.http.get(path, headers=BROWSER)).status_code == 404
    await _entered(api)
    assert (await api.http.get(path, headers=BROWSER)).status_code == 404, "an old link stays closed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"email": "nobody"}, "email"), ({"phone": "12"}, "phone"), ({"client": "no-such"}, "client")],
)
async def test_what_cannot_be_used_is_named(api: Api, changes: dict[str, str], field: str) -> None:
    answer = await api.post("/v1/client-contacts", PAT | changes)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_links_are_issued_listed_without_their_address_and_revoked(api: Api, desk: PostDesk) -> None:
    contact = (await _entered(api))["id"]
    post = desk.published()
    made = await api.post(f"/v1/client-contacts/{contact}/portal-links", {"post_id": str(post), "days": 7})
    again = await api.post(f"/v1/client-contacts/{contact}/portal-links", {"post_id": str(post), "days": 7})
    assert made.status_code == 201
    assert made.json() == again.json()
    token = made.json()["url"].rpartition("/")[2]

    listed = await api.get(f"/v1/client-contacts/{contact}/portal-links")
    [link] = listed.json()
    assert token not in listed.text
    assert (await api.post(f"/v1/portal-links/{link['id']}/revoke")).json() == {"revoked": 1}
    assert (await api.post(f"/v1/portal-links/{link['id']}/revoke")).json() == {"revoked": 0}
    assert (await api.post(f"/v1/client-contacts/{contact}/portal-links/revoke")).json() == {"revoked": 0}
    assert (await api.http.get(f"/portal/{token}", headers=BROWSER)).status_code == 404
    assert (await api.post(f"/v1/portal-links/{uuid4()}/revoke")).status_code == 404


async def test_a_post_is_read_from_both_sides(api: Api, desk: PostDesk) -> None:
    note = InternalNote(label="note", text="zebra-in-the-note")
    post = desk.stage(internal=(note,), body=f"The card {CARD} was charged. We guarantee more calls.").post_id
    found = (await api.get(f"/v1/portal-posts/{post}", by="privacy-reviewer")).json()

    assert "zebra" not in str(found["client_will_see"])
    assert found["stays_inside"][0]["internal"] == [{"label": "note", "text": "zebra-in-the-note"}]
    kinds = {finding["kind"]: finding for finding in found["findings"]}
    card = kinds["payment_card"]
    assert found["client_will_see"]["body"][card["start"] : card["end"]] == CARD
    assert kinds["claim"]["severity"] == "needs_approval"
    assert found["reviews"] == [], "nobody is asked to review what may not be seen"
    assert found["client_will_see"]["figures"][0]["source"] == "call_tracking/line-1"


async def test_the_page_of_both_sides_marks_what_was_found_and_escapes_everything(api: Api, desk: PostDesk) -> None:
    note = InternalNote(label="note", text="<b>zebra</b>")
    post = desk.stage(internal=(note,), title="Calls & more", body=f"The card {CARD} was charged.").post_id
    answer = await api.get(f"/v1/portal-posts/{post}/redaction", by="approver")

    assert answer.headers["content-type"].startswith("text/html")
    assert f'<mark class="block">{CARD}</mark><sup>1</sup>' in answer.text
    assert "Calls &amp; more" in answer.text
    assert "&lt;b&gt;zebra" in answer.text
    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    seen, inside = answer.text.split('<section class="inside">')
    assert "zebra" not in seen
    assert "zebra" in inside


async def test_whoever_is_signed_in_and_may_read_posts_sees_both_sides_in_a_browser(api: Api, desk: PostDesk) -> None:
    post, note = f"/review/posts/{desk.stage().post_id}", "What stays inside"
    nobody = await api.http.get(post)
    assert (nobody.status_code, nobody.headers["location"]) == (303, f"/sign-in?onward={post}")
    for who, status in (("privacy-reviewer", 200), ("engineer", 403)):
        signed_in = shows(session_of(api, who))
        shown = await api.http.get(post, headers=signed_in)
        assert (shown.status_code, note in shown.text) == (status, status == 200)
    with api.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE staff SET clients = '{}', roles = '{privacy_reviewer}' WHERE handle = 'engineer'"
        )
    assert (await api.http.get(post, headers=signed_in)).status_code == 404


async def test_a_post_is_reviewed_published_withdrawn_and_corrected_through_the_api(
    api: Api, desk: PostDesk, reader: Reader
) -> None:
    post = desk.stage().post_id
    refused = (await api.post(f"/v1/portal-posts/{post}/publish")).json()
    assert refused == {"published": False, "version": 1, "refusal": "owner_approval_missing"}
    found = (await api.get(f"/v1/portal-posts/{post}")).json()
    for review in found["reviews"]:
        shown = (await api.get(f"/v1/approvals/{review['id']}", by="approver")).json()
        assert shown["wording"][0]["subject"] == "Your October report"
        by = "approver" if review["review"] == "owner" else "privacy-reviewer"
        decision = {"decision": "approve", "content_hash": shown["content_hash"], "reason": "read in full"}
        assert (await api.post(f"/v1/approvals/{review['id']}/decision", decision, by=by)).status_code == 200
    assert (await api.post(f"/v1/portal-posts/{post}/publish")).json()["published"]
    assert "Your October report" in (await reader.get("/posts")).text
    assert [one["state"] for one in (await api.get("/v1/portal-posts", client="acme-plumbing")).json()] == ["published"]

    assert (await api.post(f"/v1/portal-posts/{post}/withdraw", WHY)).json() == {"withdrawn": True}
    assert "Your October report" not in (await reader.get("/posts")).text
    change = WHY | {"body": "As many people called in October as before."}
    corrected = await api.post(f"/v1/portal-posts/{post}/corrections", change, by="incident-owner")
    assert corrected.json()["version"] == 2
    assert (await api.post(f"/v1/portal-posts/{post}/corrections", change)).status_code == 409
    for review in Review:
        assert desk.review(post, review).refusal is None
    assert (await api.post(f"/v1/portal-posts/{post}/publish")).json()["published"]
    assert "Corrected on" in (await reader.get("/posts")).text


async def test_who_has_seen_a_post_can_be_read(api: Api, desk: PostDesk, reader: Reader) -> None:
    post = desk.published()
    await reader.post(f"/posts/{post}/read")
    [view] = (await api.get(f"/v1/portal-posts/{post}/views")).json()
    assert (UUID(view["contact_id"]), view["level"]) == (reader.contact, "viewed_authenticated")
    assert (await api.get(f"/v1/portal-posts/{uuid4()}/views")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "by"),
    [
        ("POST", "/v1/client-contacts", "engineer"),
        ("GET", "/v1/client-contacts", "approver"),
        ("POST", f"/v1/client-contacts/{UUID(int=1)}/portal-links", "incident-owner"),
        ("GET", "/v1/portal-posts", "engineer"),
        ("GET", f"/v1/portal-posts/{UUID(int=1)}/redaction", "engineer"),
        ("POST", f"/v1/portal-posts/{UUID(int=1)}/publish", "privacy-reviewer"),
        ("POST", f"/v1/portal-posts/{UUID(int=1)}/withdraw", "privacy-reviewer"),
    ],
)
async def test_each_of_it_needs_a_role(api: Api, method: str, path: str, by: str) -> None:
    answer = await api.http.request(method, path, headers=api.shows(by), json={})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "change", [{"title": "   "}, {"body": ""}, {"body": "a\x00b"}, {"figures": [{"value": "1e999999"}]}, {"kind": "x"}]
)
async def test_a_correction_that_cannot_be_used_is_refused(api: Api, desk: PostDesk, change: dict[str, Any]) -> None:
    answer = await api.post(f"/v1/portal-posts/{desk.published()}/corrections", WHY | change)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_command_explains_itself() -> None:
    for group in ("contacts", "posts"):
        shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, [group, "--help"])
        assert shown.exit_code == 0
        assert "portal" in shown.stdout
