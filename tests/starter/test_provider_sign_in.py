"""Signing in at an identity provider: only what it has signed for this very sign-in opens a session."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from models.settings import Settings
from models.sign_in_settings import SignInSettings
from tests.starter.conftest import Api, OpenApi
from tests.starter.identity_provider import CLIENT, SECRET, Provider, running

HOUR = 3600


@pytest.fixture(scope="module")
def identity() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@dataclass
class Door:
    """A browser in front of the sign-in. `https` because cookies are kept by HTTPS only."""

    api: Api
    provider: Provider

    async def leaves(self, onward: str = "/console/approvals") -> dict[str, str]:
        answer = await self.api.http.get("https://here.invalid/sign-in/provider", params={"onward": onward})
        assert answer.status_code == 303, answer.text
        return self.provider.signs_in(answer.headers["location"])

    async def returns(self, **parameters: str) -> httpx.Response:
        return await self.api.http.get("https://here.invalid/sign-in/callback", params=parameters)

    def knows(self, **columns: str) -> None:
        with self.api.engine.begin() as connection:
            for name, value in columns.items():
                connection.exec_driver_sql(f"UPDATE staff SET {name} = %s WHERE handle = 'approver'", (value,))

    @property
    def refusals(self) -> list[str]:
        return [row[0] for row in self.api.rows("SELECT reason FROM event WHERE kind = 'sign_in_refused' ORDER BY id")]


@pytest.fixture
async def door(open_api: OpenApi, settings: Settings, identity: Provider) -> AsyncIterator[Door]:
    identity.says, identity.signs_with = {}, None
    registered = SignInSettings(issuer=identity.issuer, client_id=CLIENT, client_secret=SecretStr(SECRET))
    async with open_api(settings.model_copy(update={"sign_in": registered})) as api:
        yield Door(api, identity)


@pytest.mark.parametrize("known_by", ["subject", "email"])
async def test_whom_the_provider_has_identified_is_signed_in_and_led_on(door: Door, known_by: str) -> None:
    door.knows(**{"subject": "ann-1"} if known_by == "subject" else {"email": "approver@agency.example"})

    answer = await door.returns(**await door.leaves())

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/approvals")
    shown = await door.api.http.get("https://here.invalid/sign-in")
    assert "signed in as approver" in shown.text
    assert door.api.value("SELECT facts ->> 'way' FROM event WHERE kind = 'signed_in'") == known_by


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"nonce": "of another sign-in"}, "token_refused"),
        ({"aud": "another-client"}, "token_refused"),
        ({"exp": int(time.time()) - HOUR, "iat": int(time.time()) - 2 * HOUR}, "token_refused"),
        ({"iss": "https://other.example"}, "token_refused"),
        ({"sub": "somebody-else", "email": "nobody@agency.example"}, "unknown_person"),
        ({"sub": "somebody-else", "email_verified": False}, "unknown_person"),
    ],
    ids=["nonce", "audience", "expired", "issuer", "unknown person", "unverified address"],
)
async def test_what_does_not_prove_who_it_is_opens_nothing(door: Door, says: dict[str, Any], why: str) -> None:
    door.provider.says = says

    answer = await door.returns(**await door.leaves())

    assert (answer.status_code, door.refusals) == (403, [why])
    assert door.api.value("SELECT count(*) FROM staff_session") == 0
    assert "somebody-else" not in str(door.api.rows("SELECT * FROM event"))


async def test_an_answer_to_another_sign_in_opens_nothing(door: Door) -> None:
    asked = await door.leaves()
    assert (await door.returns(**asked | {"state": "of another"})).status_code == 403
    door.api.http.cookies.clear()
    assert (await door.returns(**asked)).status_code == 403

    assert door.refusals == ["wrong_state", "not_begun_here"]


async def test_a_token_that_another_key_has_signed_opens_nothing(door: Door) -> None:
    door.provider.signs_with = RSAKey.generate_key(2048, {"kid": "first", "alg": "RS256"})

    assert (await door.returns(**await door.leaves())).status_code == 403
    assert door.refusals == ["token_refused"]


async def test_two_people_of_one_address_are_told_apart_by_their_subject_only(door: Door) -> None:
    with door.api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE staff SET email = 'approver@agency.example'")

    assert (await door.returns(**await door.leaves())).status_code == 403
    assert door.refusals == ["unknown_person"]
