import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from typer.testing import CliRunner, Result

from models.payloads import ENCODING, KEY_ID
from models.sealing import KeyRing
from starter.comms.__main__ import app
from starter.comms.replaying.scrubbing import CORPUS_KEYS
from tests.histories.record import known

ANSWERED = known("outreach.a_reply_ends_the_sequence_and_hands_the_lead_over.json")
comms = CliRunner()


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = {
        "DATABASE__URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "PORTAL__DATABASE_URL": "postgresql+psycopg://comms_portal@127.0.0.1:1/none",
        "TEMPORAL__ADDRESS": "127.0.0.1:1",
        "KEYS__SEALING": json.dumps({"k1": in_base64(b"k" * 32)}),
        "KEYS__SEALING_ACTIVE": "k1",
        "KEYS__CALLBACK": "c",
        "KEYS__APPROVAL": "a",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"COMMS_{name}", value)


def replayed(*arguments: str) -> Result:
    return comms.invoke(app, ["replay", *arguments], env={"COLUMNS": "160"})


def test_a_recorded_history_replays_and_is_told_as_a_story() -> None:
    said = replayed(str(ANSWERED), "--zone", "America/Denver")

    assert said.exit_code == 0
    assert "the same decisions" in said.stdout
    for told in ("12:28:38", "timer “reply to message 1” of 1 min", "signal nudge", "activity hand_to_crm"):
        assert told in said.stdout


def test_an_activity_in_another_order_is_named_with_the_line_that_issues_it_now(tmp_path: Path) -> None:
    other = edited(tmp_path, lambda events: swap_types(events, "send", "hand_to_crm"))

    said = replayed(str(other))

    assert said.exit_code == 1
    assert "would do something else" in said.stderr
    assert "the history holds   activity hand_to_crm" in said.stderr
    assert "the code does       activity send" in said.stderr
    assert "at   " in said.stderr
    assert "workflows/delivering.py:" in said.stderr


def test_the_story_for_programs_holds_the_difference_and_no_contents(tmp_path: Path) -> None:
    other = edited(tmp_path, lambda events: swap_types(events, "send", "hand_to_crm"))

    said = replayed(str(other), "--json")

    found = json.loads(said.stdout)
    assert (said.exit_code, found["outcome"], found["difference"]["code"]) == (1, "diverged", "activity send (hello)")
    assert found["timeline"][0]["waits_for"] == ["activity hand_to_crm (hello)"]
    assert "run_id" not in said.stdout
    assert "run_id" in replayed(str(ANSWERED), "--json", "--payloads").stdout


def human_readable(text: str) -> str:
    """A history as the Temporal UI writes it under that name, with the help of a codec server."""

    def read(value: Any) -> Any:
        match value:
            case {"metadata": {"encoding": encoding} as metadata, **rest}:
                named = {name: base64.b64decode(one) for name, one in metadata.items()}
                plain = base64.b64decode(str(rest.get("data", "")))
                if base64.b64decode(encoding) == ENCODING:
                    inner = Payload.FromString(CORPUS_KEYS.open(named[KEY_ID].decode(), plain))
                    named, plain = dict(inner.metadata), inner.data
                words = {name: one.decode() for name, one in named.items()}
                return {"metadata": words, "data": json.loads(plain) if plain else None}
            case dict():
                return {name: read(one) for name, one in value.items()}
            case list():
                return [read(one) for one in value]
        return value

    return json.dumps(read(json.loads(text)))


@pytest.mark.parametrize(
    "written",
    [
        human_readable,
        lambda text: "\ufeff" + text,
        lambda text: text.encode("utf-16"),
        lambda text: json.dumps(json.loads(text)["events"]),
        lambda text: json.dumps({"history": json.loads(text)}),
        lambda text: re.sub(r'"EVENT_TYPE_([A-Z_]+)"', lambda m: f'"{m[1].title().replace("_", "")}"', text),
    ],
    ids=[
        "human readable",
        "with a byte order mark",
        "of a Windows shell",
        "a bare list",
        "an answer of the API",
        "old names of events",
    ],
)
def test_a_history_is_read_whichever_program_has_saved_it(
    written: Callable[[str], str | bytes], tmp_path: Path
) -> None:
    file, content = tmp_path / "saved.json", written(ANSWERED.read_text())
    file.write_bytes(content if isinstance(content, bytes) else content.encode())

    said = replayed(str(file))

    assert (said.exit_code, said.stderr) == (0, "")


def test_a_file_whose_payloads_were_decoded_says_how_to_save_it(tmp_path: Path) -> None:
    def decode(events: list[dict[str, Any]]) -> None:
        events[0]["workflowExecutionStartedEventAttributes"]["input"] = [{"run_id": "1"}]

    said = replayed(str(edited(tmp_path, decode)))

    assert said.exit_code == 1
    assert "--no-json-shorthand-payloads" in said.stderr


def test_a_key_that_is_missing_is_named(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(ANSWERED.read_text().replace(in_base64(b"k1"), in_base64(b"k3")))

    said = replayed(str(other))

    assert said.exit_code == 1
    assert "it is sealed with k3" in said.stderr
    assert "12:28" not in said.stderr
    assert "19:28:38" in said.stdout, "the story needs no key"


def test_another_key_of_the_same_id_is_no_failure_of_the_code(tmp_path: Path) -> None:
    def seal_anew(events: list[dict[str, Any]]) -> None:
        [given] = events[0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
        given["data"] = in_base64(KeyRing({"k1": b"j" * 32}, "k1").seal(b"anything"))

    said = replayed(str(edited(tmp_path, seal_anew)))

    assert said.exit_code == 1
    assert "it is sealed with another k1" in said.stderr


def test_a_history_that_is_kept_opens_whatever_the_keys_of_the_service_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_KEYS__SEALING", json.dumps({"k1": in_base64(b"j" * 32)}))

    assert replayed(str(ANSWERED)).exit_code == 0


def test_a_workflow_that_this_code_does_not_have_is_named(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(ANSWERED.read_text().replace('"OutreachSequence"', '"Outreach"'))

    said = replayed(str(other))

    assert said.exit_code == 1
    assert "no workflow 'Outreach'" in said.stderr


@pytest.mark.parametrize("content", ["hello", "[]", '{"events": []}', '{"events": [1]}'])
def test_a_file_that_is_no_history_is_one_sentence(content: str, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(content)

    said = replayed(str(other))

    assert said.exit_code == 1
    assert "is not a workflow history" in said.stderr


@pytest.mark.parametrize("which", ["outreach/none", "--open", "--since=2h"])
def test_a_server_that_does_not_answer_is_one_sentence(which: str) -> None:
    said = replayed(which)

    assert said.exit_code == 3
    assert "Temporal does not answer at 127.0.0.1:1 (Connection refused)" in said.stderr


@pytest.mark.parametrize("which", [[], ["outreach/none", "--open"], ["--open", "--since", "2h"]])
def test_one_thing_is_replayed_at_a_time(which: list[str]) -> None:
    assert replayed(*which).exit_code == 2


def in_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def edited(directory: Path, edit: Callable[[list[dict[str, Any]]], None]) -> Path:
    history = json.loads(ANSWERED.read_text())
    edit(history["events"])
    file = directory / "edited.json"
    file.write_text(json.dumps(history))
    return file


def swap_types(events: list[dict[str, Any]], one: str, other: str) -> None:
    for event in events:
        if scheduled := event.get("activityTaskScheduledEventAttributes"):
            named = scheduled["activityType"]
            named["name"] = {one: other, other: one}.get(named["name"], named["name"])
