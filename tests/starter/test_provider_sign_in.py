"""Signing in at an identity provider: only what it has signed for this very sign-in opens a session."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from models.settings import Settings
from tests.standins.identity_client import OPTIONS, pressed, registered_at, says
from tests.standins.program import Program, running
from tests.starter.conftest import Api, OpenApi

HOUR = 3600


@pytest.fixture(scope="module")
async def identity(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with running("identity", tmp_path_factory.mktemp("identity"), *OPTIONS) as program:
        yield program


@dataclass
class Door:
    """A browser in front of the sign-in. `https` because cookies are kept by HTTPS only."""

    api: Api
    provider: Program

    async def goes(self, onward: str = "/console/approvals") -> httpx.Response:
        return await self.api.http.get("https://here.invalid/sign-in/provider", params={"onward": onward})

    async def leaves(self, subject: str = "ann-1") -> dict[str, str]:
        answer = await self.goes()
        assert answer.status_code == 303, answer.text
        return await pressed(answer.headers["location"], subject)

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
async def door(open_api: OpenApi, settings: Settings, identity: Program) -> AsyncIterator[Door]:
    at_home = settings.model_copy(
        update={"sign_in": registered_at(identity.base_url), "public_base_url": "https://localhost"}
    )
    async with open_api(at_home) as api:
        yield Door(api, identity)
    await says(identity)
    await identity.control.delete("/faults")


@pytest.mark.parametrize("known_by", ["subject", "email"])
async def test_whom_the_provider_has_identified_is_signed_in_and_led_on(door: Door, known_by: str) -> None:
    door.knows(**{"subject": "ann-1"} if known_by == "subject" else {"email": "approver@agency.example"})

    answer = await door.returns(**await door.leaves())

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/approvals")
    shown = await door.api.http.get("https://here.invalid/sign-in")
    assert "signed in as approver" in shown.text
    assert door.api.value("SELECT facts ->> 'way' FROM event WHERE kind = 'signed_in'") == known_by


@pytest.mark.parametrize(
    ("said", "why"),
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
async def test_what_does_not_prove_who_it_is_opens_nothing(door: Door, said: dict[str, Any], why: str) -> None:
    await says(door.provider, **said)

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
    await says(door.provider, forged=True)

    assert (await door.returns(**await door.leaves())).status_code == 403
    assert door.refusals == ["token_refused"]


async def test_two_people_of_one_address_are_told_apart_by_their_subject_only(door: Door) -> None:
    with door.api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE staff SET email = 'approver@agency.example'")

    assert (await door.returns(**await door.leaves())).status_code == 403
    assert door.refusals == ["unknown_person"]


async def test_who_says_no_at_the_provider_may_begin_again_for_the_same_page(door: Door) -> None:
    answer = await door.returns(**await door.leaves(subject=""))

    assert (answer.status_code, door.refusals) == (403, ["access_denied"])
    assert "says no" in answer.text
    assert 'href="/sign-in/provider?onward=/console/approvals"' in answer.text


@pytest.mark.parametrize(
    ("operation", "fault", "why"),
    [
        ("describe", "reset_before", "provider_away"),
        ("describe", "garbage", "provider_away"),
        ("keys", "error_before", "provider_away"),
        ("token", "half_answer", "code_refused"),
    ],
)
async def test_a_provider_that_does_not_answer_is_said_and_leaves_the_local_accounts(
    door: Door, operation: str, fault: str, why: str
) -> None:
    await door.provider.spoil(fault, operation=operation)

    answer = await door.goes() if operation == "describe" else await door.returns(**await door.leaves())

    assert (answer.status_code, door.refusals) == (503 if why == "provider_away" else 403, [why])
    assert "tell an engineer if it stays so" in answer.text
    assert 'name="password"' in answer.text


async def test_an_issuer_that_is_written_otherwise_is_said_to_the_letter(
    open_api: OpenApi, settings: Settings, identity: Program
) -> None:
    slashed = registered_at(f"{identity.base_url}/")
    async with open_api(settings.model_copy(update={"sign_in": slashed})) as api:
        answer = await Door(api, identity).goes()

    assert answer.status_code == 403
    assert f"calls itself {identity.base_url}, and COMMS_SIGN_IN__ISSUER is {identity.base_url}/." in answer.text
