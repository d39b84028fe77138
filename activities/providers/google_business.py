"""The reviews of a verified location at Google Business Profile, newest change first.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews/list, with an access token that is
refreshed as https://developers.google.com/identity/protocols/oauth2/web-server#offline says. Reading may be repeated.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx

from models.google_business import GoogleBusinessSettings
from models.review_requests.matching import SeenReview
from models.review_requests.observing import AccessLost, SourceUnavailable

PAGE = 50
"""The most that one page may hold."""
MOST_PAGES = 200
EARLY = 60.0
"""Seconds before its end that an access token is no longer used."""
_QUOTA = {"RESOURCE_EXHAUSTED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"}
_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
_PATIENCE = timedelta(minutes=1)
"""After a refusal for quota that does not say how long to wait."""


class GoogleBusiness:
    """One account of the agency, which its clients have given access to their locations.

    Args:
        settings: OAuth client, refresh token, addresses, time limit.
    """

    def __init__(self, settings: GoogleBusinessSettings) -> None:
        self._settings = settings
        self._client = httpx.Client(
            timeout=settings.request_timeout.total_seconds(), follow_redirects=False, trust_env=False
        )
        self._token = ""
        self._token_until = 0.0

    def changed_since(self, location: str, since: datetime | None) -> tuple[SeenReview, ...]:
        """Return the reviews of a location that were written or changed since then; all of them if since is None.

        Args:
            location: `accounts/{account}/locations/{location}`.
            since: aware.

        Raises:
            AccessLost: the account may not read it, or there is no such location.
            SourceUnavailable: the quota is used up, Google did not answer, or its answer cannot be read.
        """
        found = []
        for page in self._pages(location):
            reviews = [_review(each) for each in page]
            found += [review for review in reviews if since is None or review.updated_at >= since]
            if since is not None and any(review.updated_at < since for review in reviews):
                break
        return tuple(found)

    def _pages(self, location: str) -> Iterator[list[dict[str, Any]]]:
        query = {"pageSize": str(PAGE), "orderBy": "updateTime desc"}
        for _ in range(MOST_PAGES):
            answer = self._get(f"/v4/{location}/reviews", query)
            yield _listed(answer)
            if not answer.get("nextPageToken"):
                return
            query["pageToken"] = str(answer["nextPageToken"])
        raise SourceUnavailable("too_many_pages")

    def _get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        response = self._asked(path, query)
        if response.status_code == httpx.codes.UNAUTHORIZED:  # revoked before its time: one more with a fresh one
            self._token_until = 0.0
            response = self._asked(path, query)
        if response.status_code == httpx.codes.OK:
            return _json(response)
        raise _refused(response)

    def _asked(self, path: str, query: dict[str, str]) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self._access_token()}"}
        return self._sent("GET", f"{self._settings.base_url}{path}", params=query, headers=bearer)

    def _access_token(self) -> str:
        if time.monotonic() < self._token_until:
            return self._token
        settings = self._settings
        form = {
            "grant_type": "refresh_token",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
            "refresh_token": settings.refresh_token.get_secret_value(),
        }
        response = self._sent("POST", settings.token_url, data=form)
        if response.status_code in (400, 401):  # invalid_grant: revoked, expired, or of another client
            raise AccessLost("refresh_token_refused")
        if response.status_code != httpx.codes.OK:
            raise _refused(response)
        answer = _json(response)
        try:
            self._token = str(answer["access_token"])
            self._token_until = time.monotonic() + max(float(answer.get("expires_in", 0)) - EARLY, 0.0)
        except (KeyError, TypeError, ValueError):
            raise SourceUnavailable("unreadable_answer") from None
        return self._token

    def _sent(self, method: str, url: str, **request: Any) -> httpx.Response:
        try:
            return self._client.request(method, url, **request)
        except httpx.HTTPError as error:
            raise SourceUnavailable(type(error).__name__) from None


def _refused(response: httpx.Response) -> SourceUnavailable:
    status, reasons = response.status_code, _reasons(response)
    if status == httpx.codes.TOO_MANY_REQUESTS or reasons & _QUOTA:
        return SourceUnavailable("rate_limited", _retry_after(response) or _PATIENCE)
    if status in (401, 403):
        return AccessLost("access_denied")
    if status == httpx.codes.NOT_FOUND:
        return AccessLost("no_such_location")
    return SourceUnavailable(f"status_{status}", _retry_after(response))


def _reasons(response: httpx.Response) -> set[str]:
    try:
        error = response.json()["error"]
        return {str(error.get("status"))} | {str(each.get("reason")) for each in error.get("errors", [])}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()


def _retry_after(response: httpx.Response) -> timedelta | None:
    after = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(after)) if after.isdigit() else None


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        raise SourceUnavailable("unreadable_answer") from None
    if not isinstance(answer, dict):
        raise SourceUnavailable("unreadable_answer")
    return answer


def _listed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    reviews = answer.get("reviews", [])
    if not isinstance(reviews, list) or not all(isinstance(each, dict) for each in reviews):
        raise SourceUnavailable("unreadable_answer")
    return reviews


def _review(written: dict[str, Any]) -> SeenReview:
    reviewer = written.get("reviewer") or {}
    try:
        return SeenReview(
            review_id=written["reviewId"],
            reviewer="" if reviewer.get("isAnonymous") else str(reviewer.get("displayName") or ""),
            created_at=datetime.fromisoformat(written["createTime"]),
            updated_at=datetime.fromisoformat(written["updateTime"]),
            stars=_STARS.get(str(written.get("starRating"))),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SourceUnavailable("unreadable_answer") from None
