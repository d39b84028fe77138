"""The codec endpoint of the Temporal UI: for whom it opens payloads, and for whom not."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from google.protobuf.json_format import MessageToJson, Parse
from httpx import Response
from sqlalchemy import text
from temporalio.api.common.v1 import Payload, Payloads

from models.connection import key_ring
from models.database import staff_sessions
from models.database.engine import make_engine, transaction
from models.database.seeding import seed_staff
from models.database.staff_sessions import Way
from models.database.tables.people import Staff
from models.payloads import EncryptionCodec
from models.settings import Settings
from starter.app import create_app
from tests.workflows.world import settings_for

UI = "http://127.0.0.1:8233"
ASKED_BY_UI = {"Origin": UI, "X-Namespace": "default", "Sec-Fetch-Site": "same-site"}
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"run_id": "1"}')
SHOWN = text("SELECT source, actor, facts FROM event WHERE kind = 'payloads_shown' ORDER BY id")


@pytest.fixture
def settings(database_url: str) -> Settings:
    made = settings_for(database_url, "127.0.0.1:1", "none")
    return made.model_copy(update={"api": made.api.model_copy(update={"codec_origins": [UI]})})


@pytest.fixture
def keys(settings: Settings) -> dict[str, str]:
    """The API keys of the staff, by handle."""
    engine = make_engine(settings.database)
    with transaction(engine) as session:
        made = seed_staff(session)
    engine.dispose()
    return made


@pytest.fixture
def app(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


def _sign_in(app: TestClient, settings: Settings, handle: str) -> None:
    engine = make_engine(settings.database)
    with transaction(engine) as session:
        token = staff_sessions.begin(session, session.get_one(Staff, handle), timedelta(hours=1), Way.EMAIL)
    engine.dispose()
    app.cookies.set("comms", token)


async def _sealed(settings: Settings) -> str:
    return MessageToJson(Payloads(payloads=await EncryptionCodec(key_ring(settings)).encode([PLAIN])))


def _opened(answer: Response) -> bool:
    return answer.is_success and Parse(answer.content, Payloads()).payloads[0] == PLAIN


async def test_the_temporal_ui_gets_payloads_decrypted_for_who_is_signed_in(
    app: TestClient, settings: Settings, keys: dict[str, str]
) -> None:
    _sign_in(app, settings, "engineer")
    answer = app.post("/codec/decode?preserveStorageRefs=true", content=await _sealed(settings), headers=ASKED_BY_UI)

    assert _opened(answer)
    assert answer.headers["Access-Control-Allow-Origin"] == UI
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


async def test_nobody_else_gets_anything_and_is_told_where_to_sign_in(
    app: TestClient, settings: Settings, keys: dict[str, str]
) -> None:
    sealed = await _sealed(settings)
    stranger = app.post("/codec/decode", content=sealed, headers=ASKED_BY_UI)
    assert stranger.status_code == 401
    assert "/sign-in in this browser" in stranger.json()["detail"]
    assert stranger.headers["Access-Control-Allow-Origin"] == UI

    _sign_in(app, settings, "sales-ops")
    other_role = app.post("/codec/decode", content=sealed, headers=ASKED_BY_UI)
    assert other_role.status_code == 403
    assert "approver or engineer or incident_owner" in other_role.json()["detail"]

    _sign_in(app, settings, "engineer")
    without_page = {name: value for name, value in ASKED_BY_UI.items() if name != "Origin"}
    assert app.post("/codec/decode", content=sealed, headers=without_page).status_code == 401
    elsewhere = app.post("/codec/decode", content=sealed, headers=ASKED_BY_UI | {"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert "Access-Control-Allow-Origin" not in elsewhere.headers
    assert app.post("/codec/encode", content=sealed).status_code == 401


async def test_every_opening_is_an_event_with_who_how_many_and_where(
    app: TestClient, settings: Settings, keys: dict[str, str]
) -> None:
    _sign_in(app, settings, "approver")
    sealed, plain = await _sealed(settings), MessageToJson(Payloads(payloads=[PLAIN]))
    app.post("/codec/decode", content=sealed, headers=ASKED_BY_UI | {"X-Namespace": "agency"})
    app.post("/codec/decode", content=plain, headers=ASKED_BY_UI)
    app.post(
        "/codec/decode", content=sealed, headers={"Authorization": f"Bearer {keys['engineer']}", "X-Namespace": "<"}
    )

    engine = make_engine(settings.database)
    with transaction(engine) as session:
        found = [tuple(row) for row in session.execute(SHOWN)]
    engine.dispose()
    assert found == [
        ("temporal_ui", "approver", {"payloads": 1, "namespace": "agency"}),
        ("temporal_cli", "engineer", {"payloads": 1, "namespace": ""}),
    ]


@pytest.mark.usefixtures("keys")
async def test_what_a_person_types_is_encrypted(app: TestClient, settings: Settings) -> None:
    _sign_in(app, settings, "approver")
    answer = app.post("/codec/encode", content=MessageToJson(Payloads(payloads=[PLAIN])), headers=ASKED_BY_UI)

    assert Parse(answer.content, Payloads()).payloads[0].metadata["encoding"] == b"binary/encrypted"


async def test_a_browser_is_told_before_it_asks_whether_it_may(app: TestClient) -> None:
    allowed = app.options("/codec/decode", headers=ASKED_BY_UI)
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (204, UI)
    assert "x-namespace" in allowed.headers["Access-Control-Allow-Headers"]
    assert app.options("/codec/decode", headers={"Origin": "https://evil.example"}).status_code == 403


async def test_the_endpoint_is_off_unless_a_page_is_named(settings: Settings) -> None:
    off = settings.model_copy(update={"api": settings.api.model_copy(update={"codec_origins": []})})
    with TestClient(create_app(off)) as client:
        assert client.post("/codec/decode", content=await _sealed(settings)).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "detail"),
    [
        ({"encryption-key-id": "azk="}, 422, "no key 'k9' on the ring"),  # k9
        ({"encryption-key-id": "/w=="}, 200, None),  # what is not ours stays as it is
        ({"encryption-key-id": None}, 200, None),
    ],
)
async def test_a_lost_or_nonsensical_key_is_answered_in_words(
    app: TestClient,
    settings: Settings,
    keys: dict[str, str],
    change: dict[str, str | None],
    status: int,
    detail: str | None,
) -> None:
    lost = json.loads(await _sealed(settings))
    metadata = lost["payloads"][0]["metadata"] | change
    lost["payloads"][0]["metadata"] = {name: value for name, value in metadata.items() if value is not None}
    answer = app.post("/codec/decode", content=json.dumps(lost), headers=_key(keys["engineer"]))
    assert (answer.status_code, answer.json().get("detail")) == (status, detail)


async def test_nonsense_too_much_and_bytes_that_hold_no_payload_are_refused(
    app: TestClient, settings: Settings, keys: dict[str, str]
) -> None:
    seal = key_ring(settings)
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": seal.active.encode()}
    hollow = MessageToJson(Payloads(payloads=[Payload(metadata=metadata, data=seal.seal(b"\xff\xff"))]))
    for content in (b"{nonsense", b"\xff", hollow):
        assert app.post("/codec/decode", content=content, headers=_key(keys["engineer"])).status_code == 400
    assert app.post("/codec/decode", content=b" " * 4_194_305).status_code == 413


async def test_a_program_shows_the_key_of_somebody_who_works_in_the_temporal_ui(
    app: TestClient, settings: Settings, keys: dict[str, str]
) -> None:
    sealed = await _sealed(settings)
    answers = {
        handle: app.post("/codec/decode", content=sealed, headers=_key(key)).status_code
        for handle, key in {**keys, "nobody": "ck_wrong"}.items()
    }
    assert app.post("/codec/decode", content=sealed).status_code == 401
    assert answers == {
        "sales-ops": 403, "approver": 200, "approver-2": 200, "incident-owner": 200, "engineer": 200,
        "privacy-reviewer": 403, "privacy-reviewer-2": 403, "nobody": 401
    }  # fmt: skip


async def test_whoever_works_for_some_clients_only_reads_no_payloads(
    app: TestClient, settings: Settings, keys: dict[str, str]
) -> None:
    engine = make_engine(settings.database, pool_size=1)
    with transaction(engine) as session:
        session.get_one(Staff, "engineer").clients = []
    engine.dispose()
    refused = app.post("/codec/decode", content=await _sealed(settings), headers=_key(keys["engineer"]))

    assert (refused.status_code, "the console shows you their runs" in refused.json()["detail"]) == (403, True)


def _key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
