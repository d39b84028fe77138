"""`comms record`: what is kept of a run replays, and says nothing of whom it was about."""

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from typer.testing import CliRunner, Result

from models.sealing import KeyRing
from starter.comms.__main__ import app
from starter.comms.replaying.payloads import holds_personal_data
from tests.histories.record import known, version
from tests.histories.test_replay import replay
from tests.opened_history import opened

TYPED = known("outreach.pause_resume_and_stop_can_be_typed_in_the_temporal_ui.json")
KEYS = KeyRing({"k1": b"k" * 32}, "k1")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
comms = CliRunner()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "tests" / "histories").mkdir(parents=True)
    (tmp_path / "tests" / "histories" / "test_replay.py").touch()
    (tmp_path / "pyproject.toml").write_text(f'[project]\nversion = "{version()}"\n')
    return tmp_path


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_KEYS__SEALING", json.dumps({"k1": base64.b64encode(b"k" * 32).decode()}))


def record(what: Path, checkout: Path, name: str = "typed_signals") -> Result:
    return comms.invoke(app, ["record", str(what), "--as", name, "--checkout", str(checkout)])


def text_of(file: Path) -> str:
    return asyncio.run(opened(WorkflowHistory.from_json(file.stem, file.read_text()), KEYS))


def test_a_recorded_run_replays_and_holds_no_id_word_or_person_of_before(checkout: Path, tmp_path: Path) -> None:
    typed = with_payload(tmp_path, "the customer, Zephyrine, asked for it")

    said = record(typed, checkout)

    assert said.exit_code == 0, said.output
    kept = Path(said.stdout.strip())
    assert (
        kept.relative_to(checkout).as_posix()
        == f"tests/histories/v{version()}/outreach_sequence.recorded_typed_signals.json"
    )
    asyncio.run(replay(kept, kept.read_text()))
    before, after = text_of(typed), text_of(kept)
    assert UUID.findall(before)
    assert not set(UUID.findall(before)) & set(UUID.findall(after))
    assert "Zephyrine" in before
    assert "Zephyrine" not in after
    assert {event.get("identity") for event in attributes(kept)} == {None, "somebody"}
    assert {event["taskQueue"]["name"] for event in attributes(kept) if "taskQueue" in event} == {"comms"}


def test_what_looks_like_a_number_in_a_name_is_refused_and_nothing_is_kept(checkout: Path, tmp_path: Path) -> None:
    called = edited()
    timer = next(event for event in called["events"] if "timerStartedEventAttributes" in event)
    timer["userMetadata"] = {"summary": payload("call (303) 555-0142 back")}
    (tmp_path / "called.json").write_text(json.dumps(called))

    said = record(tmp_path / "called.json", checkout)

    assert said.exit_code == 1
    assert f"event {timer['eventId']} holds what looks like a number" in said.stderr
    assert "555-0142" not in said.stderr
    assert not list(checkout.glob("tests/histories/v*/*"))


def test_an_id_is_not_taken_for_a_number() -> None:
    assert not holds_personal_data("outreach/bfe89ab4-3035-5501-8421-303555014200")
    assert holds_personal_data("outreach of 303-555-0142")


def test_a_history_that_does_not_replay_is_refused(checkout: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(TYPED.read_text().replace('"name": "send"', '"name": "sent"'))

    said = record(other, checkout)

    assert said.exit_code == 1
    assert "it does not replay as it is" in said.stderr
    assert "activity sent" in said.stderr


@pytest.mark.parametrize(("name", "why"), [("Two Words", "is not a name"), ("typed_signals", "is there already")])
def test_a_name_is_one_word_and_free(name: str, why: str, checkout: Path) -> None:
    there = checkout / "tests" / "histories" / f"v{version()}"
    there.mkdir()
    (there / "outreach_sequence.recorded_typed_signals.json").touch()

    said = record(TYPED, checkout, name)

    assert said.exit_code == 1
    assert why in said.stderr


def test_outside_a_checkout_it_says_where_to_go(tmp_path: Path) -> None:
    said = record(TYPED, tmp_path)

    assert said.exit_code == 1
    assert "is not a checkout of this project" in said.stderr


def edited() -> dict[str, Any]:
    history: dict[str, Any] = json.loads(TYPED.read_text())
    return history


def with_payload(directory: Path, words: str) -> Path:
    """A history in which somebody has typed words into a signal."""
    history = edited()
    signal = next(event for event in attributes_of(history) if event.get("signalName") == "pause")
    signal["input"] = {"payloads": [payload(words)]}
    file = directory / "typed.json"
    file.write_text(json.dumps(history))
    return file


def payload(words: str) -> dict[str, Any]:
    encoded = base64.b64encode(json.dumps(words).encode()).decode()
    return {"metadata": {"encoding": base64.b64encode(b"json/plain").decode()}, "data": encoded}


def attributes(file: Path) -> list[dict[str, Any]]:
    return attributes_of(json.loads(file.read_text()))


def attributes_of(history: dict[str, Any]) -> list[dict[str, Any]]:
    return [next(value for name, value in event.items() if name.endswith("Attributes")) for event in history["events"]]
