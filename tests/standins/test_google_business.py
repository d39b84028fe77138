"""The stand-in of Google Business Profile answers as Google documents it."""

from typing import Any

import httpx
import pytest

from tests.standins.program import Program

LOCATION = "accounts/7/locations/70"
CLIENT = {"client_id": "the-client", "client_secret": "the-secret", "refresh_token": "the-refresh"}


async def token(google: Program, **changes: str) -> httpx.Response:
    form = {"grant_type": "refresh_token"} | CLIENT | changes
    async with httpx.AsyncClient(base_url=google.base_url) as http:
        return await http.post("/token", data=form)


async def reviews(google: Program, bearer: str, location: str = LOCATION, **query: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=google.base_url) as http:
        headers = {"Authorization": f"Bearer {bearer}"}
        return await http.get(f"/v4/{location}/reviews", params=query, headers=headers)


@pytest.fixture
async def bearer(google: Program) -> str:
    return str((await token(google)).json()["access_token"])


async def leave(google: Program, location: str, **review: Any) -> str:
    answer = await google.control.post("/reviews", json={"location": location} | review)
    return str(answer.json()["id"])


async def test_reviews_come_in_pages_the_last_changed_first(google: Program, bearer: str) -> None:
    for number in range(3):
        await leave(
            google, LOCATION, reviewer=f"R{number}", stars=number + 1, created_at=f"2026-11-0{number + 1}T10:00:00Z"
        )
    first = (await reviews(google, bearer, pageSize="2", orderBy="updateTime desc")).json()
    second = (await reviews(google, bearer, pageSize="2", pageToken=first["nextPageToken"])).json()

    assert [one["starRating"] for one in first["reviews"] + second["reviews"]] == ["THREE", "TWO", "ONE"]
    assert (first["totalReviewCount"], first["averageRating"]) == (3, 2.0)
    assert "nextPageToken" not in second
    assert first["reviews"][0]["reviewer"] == {"displayName": "R2"}


async def test_a_changed_review_comes_first_again(google: Program, bearer: str) -> None:
    place = "accounts/7/locations/71"
    old = await leave(google, place, reviewer="Ana", created_at="2026-11-01T10:00:00Z")
    await leave(google, place, reviewer="Ben", created_at="2026-11-02T10:00:00Z")
    await leave(google, place, id=old, stars=1)

    newest = (await reviews(google, bearer, place)).json()["reviews"][0]
    assert (newest["reviewId"], newest["starRating"], newest["createTime"]) == (old, "ONE", "2026-11-01T10:00:00Z")


async def test_only_the_right_credentials_get_a_token(google: Program) -> None:
    assert (await token(google, refresh_token="another")).json()["error"] == "invalid_grant"
    assert (await token(google, client_secret="another")).status_code == 401
    assert (await reviews(google, "made-up")).json()["error"]["status"] == "UNAUTHENTICATED"


async def test_what_the_account_does_not_manage_is_denied_and_what_is_not_there_is_not_found(
    google: Program, bearer: str
) -> None:
    await google.control.put("/access", json={"location": "accounts/7/locations/72", "managed": False})

    denied, missing = "accounts/7/locations/72", "accounts/7/locations/79"
    assert (await reviews(google, bearer, denied)).json()["error"]["status"] == "PERMISSION_DENIED"
    assert (await reviews(google, bearer, missing)).status_code == 404


async def test_faults_are_worded_as_google_words_them(google: Program, bearer: str) -> None:
    await google.spoil("rate_limit", operation="list_reviews", params={"retry_after": 9}, times=1)
    answer = await reviews(google, bearer)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "9")
    assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
