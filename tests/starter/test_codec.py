"""The codec endpoint of the Temporal UI."""

import json

import pytest
from fastapi.testclient import TestClient
from google.protobuf.json_format import MessageToJson, Parse
from temporalio.api.common.v1 import Payload, Payloads

from models.connection import key_ring
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


async def test_nonsense_and_a_lost_key_are_answered_in_words(settings: Settings) -> None:
    lost = json.loads(await _sealed(settings))
    lost["payloads"][0]["metadata"]["encryption-key-id"] = "azk="  # k9
    with TestClient(create_app(settings)) as client:
        assert client.post("/codec/decode", content=b"{nonsense").status_code == 400
        answer = client.post("/codec/decode", content=json.dumps(lost))
        assert (answer.status_code, answer.json()["detail"]) == (422, "no key 'k9' on the ring")
