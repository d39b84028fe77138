"""The stand-in of an identity provider is as strict as OAuth 2.0 (RFC 6749, RFC 7636) has a provider be."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session

from tests.standins.identity_client import CLIENT, OPTIONS, SECRET, pressed
from tests.standins.program import Program, running

BACK, VERIFIER = "http://127.0.0.1:1/callback", "v" * 43


@pytest.fixture(scope="module")
async def provider(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with running("identity", tmp_path_factory.mktemp("identity"), *OPTIONS) as program:
        yield program


def address(provider: Program, **changes: str) -> str:
    """Where a browser is sent; `changes` are to what a proper request holds, empty leaves one out."""
    with OAuth2Session(CLIENT, scope="openid email", redirect_uri=BACK, code_challenge_method="S256") as client:
        whole, _ = client.create_authorization_url(
            f"{provider.base_url}/authorize", state="s", nonce="n", code_verifier=VERIFIER
        )
    asked = httpx.URL(whole)
    kept = {name: value for name, value in (dict(asked.params) | changes).items() if value}
    return f"{provider.base_url}/authorize?{urlencode(kept)}"


async def exchanged(provider: Program, code: str, secret: str = SECRET, **changes: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    async with httpx.AsyncClient(base_url=provider.base_url, auth=(CLIENT, secret)) as http:
        return await http.post("/token", data=form | changes)


async def test_a_code_counts_once(provider: Program) -> None:
    back = await pressed(address(provider))
    first, second = [await exchanged(provider, back["code"]) for _ in range(2)]

    assert (back["state"], back["iss"]) == ("s", provider.base_url)
    assert (first.status_code, first.json()["token_type"]) == (200, "Bearer")
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("changes", [{"code_verifier": "w" * 43}, {"redirect_uri": "http://127.0.0.1:1/other"}])
async def test_a_code_is_worth_nothing_to_who_has_not_asked_for_it(provider: Program, changes: dict[str, str]) -> None:
    code = (await pressed(address(provider)))["code"]

    assert (await exchanged(provider, code, **changes)).json()["error"] == "invalid_grant"
    assert (await exchanged(provider, code)).json()["error"] == "invalid_grant"


async def test_a_client_must_know_its_secret(provider: Program) -> None:
    code = (await pressed(address(provider)))["code"]

    assert (await exchanged(provider, code, secret="another")).status_code == 401


@pytest.mark.parametrize("changes", [{"client_id": "another"}, {"redirect_uri": "https://elsewhere.example/"}])
async def test_nobody_is_sent_to_whom_nobody_has_registered(provider: Program, changes: dict[str, str]) -> None:
    async with httpx.AsyncClient() as http:
        for answer in (await http.get(address(provider, **changes)), await http.post(address(provider, **changes))):
            assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize("changes", [{"nonce": ""}, {"code_challenge": ""}, {"scope": "email"}])
async def test_half_a_request_is_sent_back_as_a_mistake(provider: Program, changes: dict[str, str]) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.get(address(provider, **changes))

    assert httpx.URL(answer.headers["location"]).params["error"] == "invalid_request"


async def test_people_come_and_go(provider: Program) -> None:
    await provider.control.post("/people", json={"subject": "zoe", "email": "zoe@agency.example", "name": "Zoe <Z>"})
    async with httpx.AsyncClient() as http:
        shown = await http.get(address(provider))
    left = (await provider.control.delete("/people/zoe")).json()

    assert "Zoe &lt;Z&gt;" in shown.text
    assert [one["name"] for one in left] == ["Ann Archer", "Nia Newcomb"]
    assert (await pressed(address(provider), "zoe"))["error"] == "access_denied"
