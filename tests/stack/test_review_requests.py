"""Review requests on a whole stack, through HTTP only: asked, link used, review read from Google, ended; and a refund."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.stack.scene import CLIENT, Scene, until

PATH = "/v1/review-requests"
PLACE = {"review_url": "https://g.page/r/stack/review", "google_name": "accounts/1/locations/2"}
PERSON = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Safari/604.1"}


def a_job(name: str, state: str = "completed") -> dict[str, Any]:
    done = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    customer = {"first_name": name, "last_name": "Stacksmith", "email": f"{name.lower()}@example.com"}
    return {
        "client": CLIENT["key"],
        "source": "field_service",
        "sequence": "stack_review",
        "job": {"id": f"job-{name}", "location": "downtown", "completed_at": done, "state": state},
        "customer": customer,
        "consent": [{"channel": "email", "kind": "informational", "source": "invoice", "evidence": f"job/{name}"}],
    }


async def report(scene: Scene, job: dict[str, Any]) -> str:
    answer = await scene.office.ask("sales-ops", "POST", PATH, job, {"Idempotency-Key": str(uuid4())})
    return str(answer["run_id"])


async def story(scene: Scene, run_id: str) -> dict[str, Any]:
    told: dict[str, Any] = await scene.office.ask("sales-ops", "GET", f"{PATH}/{run_id}")
    return told


@pytest.mark.timeout(180)
async def test_a_customer_is_asked_uses_the_link_and_leaves_a_review_that_google_shows(scene: Scene) -> None:
    async with httpx.AsyncClient() as http:
        place = f"/v1/clients/{CLIENT['key']}/review-locations/downtown"
        await scene.office.ask("sales-ops", "PUT", place, PLACE)
        asked, refunded = [await report(scene, a_job(name)) for name in ("Ursula", "Victor")]

        async def both_have_mail() -> bool:
            mails = [await scene.office.mails_to(f"{name}@example.com") for name in ("ursula", "victor")]
            return all(mails)

        await until(both_have_mail, 60)
        assert await report(scene, a_job("Victor", "refunded")) == refunded
        [mail] = await scene.office.mails_to("ursula@example.com")
        link = re.search(r"http://[\w.:]+/r/[\w-]{16}", str(mail))
        assert link

        async def link_was_counted() -> bool:
            followed = await http.get(link[0], headers=PERSON)
            assert followed.headers["Location"] == PLACE["review_url"]
            return (await story(scene, asked))["clicked_at"] is not None

        await until(link_was_counted, 30)  # not in the first seconds: nobody reads so fast
        review = {"location": PLACE["google_name"], "reviewer": "Ursula Stacksmith", "stars": 1}
        google = scene.stack.urls["google_business"]
        (await http.post(f"{google}/_standin/reviews", json=review)).raise_for_status()

        ended = await scene.until_closed([asked, refunded], 60)
        assert [run["outcome"] for run in ended] == ["reviewed_observed", "cancelled"]
        told = await story(scene, asked)
        assert (told["match_confidence"], told["sent"]) == ("high", 1)
        assert "high confidence" in told["explanation"]["answer"]
        assert scene.audited().is_clean
