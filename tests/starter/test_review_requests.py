"""Review requests over HTTP: reporting jobs, following links, reading how a request stands."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.starter.conftest import Api

PATH = "/v1/review-requests"
LOCATION = "/v1/clients/acme-plumbing/review-locations/downtown"
PLACE = {"review_url": "https://g.page/r/acme/review", "google_name": "accounts/1/locations/2"}


def a_job(**changes: Any) -> dict[str, Any]:
    """A report; `job` and `customer` change single fields."""
    done = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    job = {"id": "job-1", "location": "downtown", "completed_at": done} | changes.pop("job", {})
    customer = {"first_name": "Zephyrine", "phone": "(303) 555-0123", "email": "z@example.com"} | changes.pop(
        "customer", {}
    )
    consent = [
        {"channel": channel, "kind": "informational", "source": "invoice", "evidence": "job/1"}
        for channel in ("sms", "email")
    ]
    return {
        "client": "acme-plumbing",
        "source": "field_service",
        "job": job,
        "customer": customer,
        "consent": consent,
    } | changes


@pytest.fixture
async def furnished_api(api: Api) -> Api:
    answer = await api.http.put(LOCATION, json=PLACE, headers=api.shows("sales-ops"))
    assert answer.status_code == 201, answer.text
    return api


async def report(api: Api, body: dict[str, Any], key: str = "", by: str = "sales-ops") -> Any:
    return await api.post(PATH, body, by, **{"Idempotency-Key": key or uuid4().hex})


async def test_a_job_is_taken_in_and_can_be_read(furnished_api: Api) -> None:
    api = furnished_api
    answer = (await report(api, a_job())).json()
    story = (await api.get(answer["story"])).json()

    assert answer["workflow_id"] == f"review_request/{answer['run_id']}"
    assert (story["job"], story["location"], story["stage"], story["outcome"]) == (
        "job-1",
        "downtown",
        "eligible",
        None,
    )
    assert "has not begun" in story["explanation"]["answer"]
    assert "Zephyrine" not in str(story)
    assert api.value("SELECT count(*) FROM consent WHERE source = 'invoice' AND evidence = 'job/1'") == 2
    assert api.value("SELECT purpose FROM outbox") == "start"


async def test_the_same_job_again_starts_nothing_and_a_changed_one_tells_its_run(furnished_api: Api) -> None:
    api = furnished_api
    first = await report(api, a_job())
    again = await report(api, a_job())
    refunded = await report(api, a_job(job={"state": "refunded"}))

    assert (first.status_code, again.status_code, refunded.status_code) == (202, 200, 200)
    assert again.json()["run_id"] == refunded.json()["run_id"] == first.json()["run_id"]
    assert (first.json()["known"], again.json()["known"]) == (False, True)
    assert "stands otherwise" in refunded.json()["in_words"]
    assert api.rows("SELECT count(*), max(state) FROM job") == [(1, "refunded")]


async def test_one_key_is_one_answer(furnished_api: Api) -> None:
    api, body = furnished_api, a_job()
    first, again = await report(api, body, "k"), await report(api, body, "k")
    other = await report(api, a_job(job={"id": "job-2"}), "k")

    assert (first.json()["run_id"], again.status_code) == (again.json()["run_id"], 202)
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client": "nobody"}, "client"),
        ({"job": {"location": "uptown"}}, "job.location"),
        ({"job": {"completed_at": None}}, "job.completed_at"),
        ({"job": {"completed_at": "2099-01-01T00:00:00Z"}}, "job.completed_at"),
        ({"job": {"completed_at": "2026-11-01T00:00:00"}}, "job.completed_at"),
        ({"job": {"rating": 5}}, "job.rating"),
        ({"job": {"sentiment": "happy"}}, "job.sentiment"),
        ({"customer": {"stars": 5}}, "customer.stars"),
        ({"customer": {"phone": "", "email": ""}}, "customer"),
        ({"customer": {"phone": "12"}}, "customer.phone"),
        ({"sequence": "missed_call"}, "sequence"),
        ({"owner": "nobody"}, "owner"),
    ],
)
async def test_what_cannot_be_used_is_refused_by_name_and_nothing_is_kept(
    furnished_api: Api, changes: dict[str, Any], field: str
) -> None:
    answer = await report(furnished_api, a_job(**changes))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert furnished_api.value("SELECT count(*) FROM lead") == 0


async def test_no_sequence_that_asks_for_reviews_can_be_started_for_a_lead(furnished_api: Api) -> None:
    lead = {"source": "missed_call", "source_lead_id": "1", "phone": "(303) 555-0123"}
    answer = await furnished_api.start({"client": "acme-plumbing", "sequence": "review_request", "lead": lead})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"review_url": "http://g.page/r/acme"},
        {"review_url": "https://www.yelp.com/biz/acme"},
        {"review_url": "javascript:alert(1)"},
        {"google_name": "locations/2"},
        {"asks_per_day": 0},
        {"ask_after": "PT10M"},
        {"ask_after": "P2D"},
        {"cool_down": "P30D"},
        {"time_zone": "Mars/Olympus"},
        {"only_if_rating_at_least": 4},
    ],
    ids=str,
)
async def test_a_location_that_could_not_ask_properly_is_refused(api: Api, change: dict[str, Any]) -> None:
    answer = await api.http.put(LOCATION, json=PLACE | change, headers=api.shows("sales-ops"))
    assert answer.status_code == 422


async def test_a_location_keeps_what_is_not_given_anew(furnished_api: Api) -> None:
    api = furnished_api
    changed = await api.http.put(
        LOCATION, json={"review_url": PLACE["review_url"], "asks_per_day": 3}, headers=api.shows("sales-ops")
    )
    [line] = (await api.get("/v1/clients/acme-plumbing/review-locations")).json()

    assert (changed.status_code, line["asks_per_day"], line["google_name"]) == (200, 3, "accounts/1/locations/2")
    assert (line["time_zone"], line["read_state"]) == ("America/Denver", "not_connected")


async def test_only_sales_ops_report_jobs(furnished_api: Api) -> None:
    assert (await report(furnished_api, a_job(), by="engineer")).status_code == 403
    assert (await report(furnished_api, a_job(), by="made-up")).status_code == 401


async def _with_link(api: Api) -> str:
    run = (await report(api, a_job())).json()["run_id"]
    with api.engine.begin() as connection:
        for step in ("ask_sms", "reminder_email"):
            connection.execute(
                text("INSERT INTO review_link SELECT left(md5(:step), 16), run_id, :step, location_id FROM job"),
                {"step": step},
            )
    return str(run)


async def test_the_link_leads_straight_to_the_reviews_and_the_story_says_that_it_was_used(furnished_api: Api) -> None:
    api = furnished_api
    run = await _with_link(api)
    [token] = api.rows("SELECT token FROM review_link WHERE step = 'ask_sms'")[0]
    person = {"User-Agent": "Mozilla/5.0 (iPhone)"}
    head = await api.http.head(f"/r/{token}", headers=person)
    filtered = await api.http.get(f"/r/{token}", headers={"User-Agent": "Barracuda"})
    assert (await api.get(f"{PATH}/{run}")).json()["clicked_at"] is None
    followed = await api.http.get(f"/r/{token}", headers=person)

    for answer in (head, filtered, followed):
        assert (answer.status_code, answer.headers["Location"]) == (302, "https://g.page/r/acme/review")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
    story = (await api.get(f"{PATH}/{run}")).json()
    assert story["clicked_at"] is not None
    assert story["stage"] == "clicked"


@pytest.mark.parametrize("token", ["A" * 16, "short", "A" * 64, "%00" * 5])
async def test_a_link_that_nobody_made_leads_nowhere(furnished_api: Api, token: str) -> None:
    answer = await furnished_api.http.get(f"/r/{token}", headers={"User-Agent": "Mozilla/5.0"})
    assert (answer.status_code, "Location" in answer.headers) == (404, False)


async def test_an_unknown_request_and_a_run_of_another_kind_are_not_found(furnished_api: Api) -> None:
    other = await furnished_api.started()
    assert (await furnished_api.get(f"{PATH}/{uuid4()}")).status_code == 404
    assert (await furnished_api.get(f"{PATH}/{other}")).status_code == 404


async def test_a_review_request_is_among_the_runs(furnished_api: Api) -> None:
    run = (await report(furnished_api, a_job())).json()["run_id"]
    [line] = (await furnished_api.get("/v1/runs")).json()["runs"]
    story = await furnished_api.get(f"/v1/runs/{run}")

    assert (line["id"], line["workflow_id"]) == (run, f"review_request/{run}")
    assert story.status_code == 200
