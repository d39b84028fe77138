"""The codec endpoint of the Temporal UI."""

import json

import pytest
from fastapi.testclient import TestClient
from google.protobuf.json_format import MessageToJson, Parse
from temporalio.api.common.v1 import Payload, Payloads

from models.connection import key_ring
from models.database.engine import make_engine, transaction
from models.database.seeding import seed_staff
from models.payloads import EncryptionCodec
from models.settings import Settings
from starter.app import create_app
from tests.workflows.world import settings_for

UI = "http://127.0.0.1:8233"
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"run_id": "1"}')


@pytest.fixture
def settings(database_url: str) -> Settings:
    made = settings_for(database_url, "127.0.0.1:1", "none")
    return made.model_copy(update={"api": made.api.model_copy(update={"codec_origins": [UI]})})


async def _sealed(settings: Settings) -> str:
    return MessageToJson(Payloads(payloads=await EncryptionCodec(key_ring(settings)).encode([PLAIN])))


async def test_the_temporal_ui_gets_payloads_decrypted(settings: Settings) -> None:
    with TestClient(create_app(settings)) as client:
        answer = client.post("/codec/decode", content=await _sealed(settings), headers={"Origin": UI})

    assert Parse(answer.content, Payloads()).payloads[0] == PLAIN
    assert answer.headers["Access-Control-Allow-Origin"] == UI


async def test_what_a_person_types_is_encrypted(settings: Settings) -> None:
    typed = MessageToJson(Payloads(payloads=[PLAIN]))
    with TestClient(create_app(settings)) as client:
        answer = client.post("/codec/encode", content=typed, headers={"Origin": UI})

    assert Parse(answer.content, Payloads()).payloads[0].metadata["encoding"] == b"binary/encrypted"


async def test_a_page_of_another_origin_gets_nothing(settings: Settings) -> None:
    with TestClient(create_app(settings)) as client:
        stranger = {"Origin": "https://elsewhere.example"}
        assert client.post("/codec/decode", content=await _sealed(settings), headers=stranger).status_code == 403
        assert client.options("/codec/decode", headers=stranger).status_code == 403
        assert client.options("/codec/decode", headers={"Origin": UI}).status_code == 204


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
    settings: Settings, change: dict[str, str | None], status: int, detail: str | None
) -> None:
    lost = json.loads(await _sealed(settings))
    metadata = lost["payloads"][0]["metadata"] | change
    lost["payloads"][0]["metadata"] = {name: value for name, value in metadata.items() if value is not None}
    with TestClient(create_app(settings)) as client:
        answer = client.post("/codec/decode", content=json.dumps(lost), headers={"Origin": UI})
    assert (answer.status_code, answer.json().get("detail")) == (status, detail)


async def test_nonsense_and_bytes_that_hold_no_payload_are_a_bad_request(settings: Settings) -> None:
    seal = key_ring(settings)
    metadata = {"encoding": b"binary/encrypted", "encryption-key-id": seal.active.encode()}
    hollow = MessageToJson(Payloads(payloads=[Payload(metadata=metadata, data=seal.seal(b"\xff\xff"))]))
    with TestClient(create_app(settings)) as client:
        for content in (b"{nonsense", b"\xff", hollow):
            assert client.post("/codec/decode", content=content, headers={"Origin": UI}).status_code == 400


async def test_a_program_shows_the_key_of_an_engineer(settings: Settings) -> None:
    engine = make_engine(settings.database)
    with transaction(engine) as session:
        keys = seed_staff(session)
    engine.dispose()
    with TestClient(create_app(settings)) as client:
        answers = {
            handle: client.post(
                "/codec/decode", content=await _sealed(settings), headers={"Authorization": f"Bearer {key}"}
            ).status_code
            for handle, key in {**keys, "nobody": "ck_wrong"}.items()
        }
        assert client.post("/codec/decode", content=await _sealed(settings)).status_code == 401

    assert answers == {
        "sales-ops": 403, "approver": 403, "approver-2": 403, "incident-owner": 403, "engineer": 200,
        "privacy-reviewer": 403, "nobody": 401
    }  # fmt: skip
