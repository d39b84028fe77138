"""Signing in with a local account: a name and a password of one's own, tried only so often."""

import httpx
import pytest
from typer.testing import CliRunner

from models.database import staff_passwords
from models.database.engine import transaction
from models.database.events import Origin
from models.settings import Settings
from models.sign_in_settings import LocalAccounts
from starter.comms.__main__ import app
from starter.console.attempts import OF_ONE_FROM_ONE, SignInAttempts
from tests.starter.approving import COOKIE, csrf_of, session_of, shows
from tests.starter.conftest import Api, OpenApi

PASSWORD = "correct horse battery"  # pragma: allowlist secret


@pytest.fixture
def account(api: Api) -> Api:
    with transaction(api.engine) as session:
        staff_passwords.put(session, "approver", PASSWORD, Origin("command"))
    return api


async def tries(api: Api, password: str = PASSWORD, **more: str) -> httpx.Response:
    return await api.http.post("/sign-in", data={"handle": "approver", "password": password} | more)


async def test_a_name_and_its_password_open_a_session_that_scripts_and_other_sites_cannot_use(account: Api) -> None:
    answer = await tries(account, onward="/console/runs?state=open")

    assert answer.headers["location"] == "/console/runs?state=open"
    cookie = answer.headers["set-cookie"].lower()
    assert all(
        word in cookie for word in (COOKIE.lower(), "httponly", "secure", "samesite=lax", "path=/", "max-age=43200")
    )
    assert answer.cookies[COOKIE] not in str(account.rows("SELECT * FROM staff_session"))
    assert PASSWORD not in str(account.rows("SELECT * FROM staff"))


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_the_sign_in_leads_to_no_other_site(account: Api, onward: str) -> None:
    shown = await account.http.get("/sign-in", params={"onward": onward})

    assert 'name="onward" value="/console"' in shown.text


async def test_wrong_passwords_are_refused_recorded_and_soon_not_tried_any_more(account: Api) -> None:
    for _ in range(OF_ONE_FROM_ONE):
        assert (await tries(account, "not the password")).status_code == 403

    refused = await tries(account)

    assert (refused.status_code, "Wait a minute" in refused.text) == (429, True)
    reasons = [row[0] for row in account.rows("SELECT reason FROM event WHERE kind = 'sign_in_refused' ORDER BY id")]
    assert reasons == ["wrong_password"] * OF_ONE_FROM_ONE + ["too_many_attempts"]
    assert "not the password" not in str(account.rows("SELECT * FROM event"))


def test_attempts_are_counted_by_name_and_by_address_and_come_back_with_time() -> None:
    now = 0.0
    attempts = SignInAttempts(lambda: now)
    for _ in range(OF_ONE_FROM_ONE):
        attempts.failed("ann", "192.0.2.1")

    assert not attempts.allows("ann", "192.0.2.1")
    assert attempts.allows("ann", "192.0.2.2")
    assert attempts.allows("bob", "192.0.2.1")
    now += 60 / OF_ONE_FROM_ONE
    assert attempts.allows("ann", "192.0.2.1")


@pytest.mark.parametrize(
    "ends",
    [
        "UPDATE staff SET active = false",
        "UPDATE staff SET email = 'other@agency.example' WHERE handle = 'approver'",
    ],
)
async def test_a_session_ends_with_its_person_and_with_what_has_opened_it(api: Api, ends: str) -> None:
    signed_in = shows(session_of(api, "approver"))
    assert "signed in as approver" in (await api.http.get("/sign-in", headers=signed_in)).text
    with api.engine.begin() as connection:
        connection.exec_driver_sql(ends)

    assert "signed in as" not in (await api.http.get("/sign-in", headers=signed_in)).text


async def test_a_new_password_ends_the_sessions_of_the_old_one(account: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in = shows((await tries(account)).cookies[COOKIE])
    account.http.cookies.clear()
    monkeypatch.setenv("COMMS_DATABASE__URL", account.engine.url.render_as_string(hide_password=False))

    said = CliRunner().invoke(app, ["staff", "password", "approver"], input="another password of hers\n")
    short = CliRunner().invoke(app, ["staff", "password", "approver"], input="short\n")

    assert (said.exit_code, short.exit_code) == (0, 1)
    assert "12 to 200 characters" in short.output
    assert (await account.http.get("/console", headers=signed_in)).status_code == 303
    account.http.cookies.clear()
    assert (await tries(account, "another password of hers")).status_code == 303


async def test_signing_out_ends_the_session(api: Api) -> None:
    cookie = session_of(api, "approver")
    for csrf, status in (("wrong", 403), (csrf_of(cookie), 303)):
        answer = await api.http.post("/sign-out", data={"csrf": csrf}, headers=shows(cookie))
        assert answer.status_code == status

    assert (await api.http.get("/console", headers=shows(cookie))).status_code == 303


async def test_local_accounts_can_be_switched_off_and_are_off_in_production_unless_said(
    open_api: OpenApi, settings: Settings
) -> None:
    never = settings.sign_in.model_copy(update={"local_accounts": LocalAccounts.NEVER})
    async with open_api(settings.model_copy(update={"sign_in": never})) as api:
        assert (await tries(api)).status_code == 403
        assert "Nobody can sign in here yet" in (await api.http.get("/sign-in")).text
    production = settings.model_copy(update={"environment": "production"})
    assert not production.permits_local_accounts
    always = settings.sign_in.model_copy(update={"local_accounts": LocalAccounts.ALWAYS})
    assert production.model_copy(update={"sign_in": always}).permits_local_accounts
