"""The starter API as this command line uses it: under a person's own key, so that their roles hold here too."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
import typer

from starter.comms.problems import Problem

TIMEOUT_SECONDS = 15.0

ApiKey = Annotated[
    str,
    typer.Option("--key", envvar="COMMS_API_KEY", help="Your API key.", show_default=False),
]
ApiUrl = Annotated[
    str,
    typer.Option("--url", envvar=["COMMS_API_URL", "COMMS_PUBLIC_BASE_URL"], help="Where the API is."),
]
LOCAL = "http://127.0.0.1:8080"


def get(url: str, key: str, path: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """Return the JSON of a resource.

    Raises:
        Problem: the API refused, with its own sentence.
        httpx.HTTPError: the API does not answer.
    """
    given = {name: value for name, value in (parameters or {}).items() if value is not None}
    return _asked("GET", url, key, path, params=given)


def post(url: str, key: str, path: str, body: Mapping[str, Any], idempotency_key: str | None = None) -> Any:
    """Ask for something; raises as `get`."""
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    return _asked("POST", url, key, path, json=dict(body), headers=headers)


def put(url: str, key: str, path: str, body: Mapping[str, Any]) -> Any:
    """Set something; raises as `get`."""
    return _asked("PUT", url, key, path, json=dict(body))


def delete(url: str, key: str, path: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """Take something away; raises as `get`."""
    return _asked("DELETE", url, key, path, params=dict(parameters or {}))


@contextmanager
def downloaded(url: str, key: str, path: str, parameters: Mapping[str, Any]) -> Iterator[Iterator[bytes]]:
    """Give what the API sends piece by piece. Raises as `get`, and httpx.HTTPError if it breaks off before its end."""
    given = {name: value for name, value in parameters.items() if value is not None}
    headers = _authorization(key)
    with (
        httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False) as client,
        client.stream("GET", path, headers=headers, params=given) as answer,
    ):
        if not answer.is_success:
            answer.read()
            _content(url, answer)
        yield answer.iter_bytes()


def _asked(method: str, url: str, key: str, path: str, headers: Mapping[str, str] | None = None, **content: Any) -> Any:
    authorization = _authorization(key)
    # Settings of the surroundings (proxies, .netrc) must not send a key elsewhere.
    with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        answer = client.request(method, path, headers=authorization | dict(headers or {}), **content)
    return _content(url, answer)


def _authorization(key: str) -> dict[str, str]:
    if not key:
        raise Problem("Your API key is missing: set COMMS_API_KEY or give --key.")
    return {"Authorization": f"Bearer {key}"}


def _content(url: str, answer: httpx.Response) -> Any:
    try:
        body = answer.json() if answer.content else {}
    except ValueError:
        raise Problem(f"{url} answered {answer.status_code} without JSON; is it the starter API?") from None
    if answer.is_success:
        return body
    raise Problem(_refusal(answer.status_code, body))


def _refusal(status: int, problem: Any) -> str:
    if not isinstance(problem, dict):
        return f"the API answered {status}"
    sentence = str(problem.get("detail") or problem.get("title") or "refused")
    fields = problem.get("errors")
    if isinstance(fields, list) and len(fields) > 1:
        sentence += "".join(f"\n  {found.get('field')}: {found.get('message')}" for found in fields)
    return f"{sentence} ({status})"
