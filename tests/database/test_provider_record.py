"""An audit takes each provider's word for what it is worth: a log of every request, a list, or none at all."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.audit import ProviderRecord, Received, log_files, read_record
from models.database.audit import audit
from models.identity import token_hash
from tests.database.planting import MORNING, Provider, sent, violated
from tests.database.world import World


def test_a_list_without_tokens_is_matched_by_the_providers_id(world: World, provider: Provider) -> None:
    sent(world, provider)
    [call] = provider.calls
    provider.calls = [replace(call, token_hash=None)]
    assert violated(world, provider) == set()

    provider.calls.append(replace(call, token_hash=None, provider_id="SM99", seq=2, at=MORNING + timedelta(days=2)))

    assert violated(world, provider) == {"I3"}


def test_what_a_list_does_not_reach_is_not_held_against_the_ledger(world: World, provider: Provider) -> None:
    sent(world, provider)
    later = ProviderRecord((), since=datetime.now(UTC) + timedelta(minutes=1))
    others = ProviderRecord((), providers=frozenset({"ses"}))

    assert audit(world.engine, ProviderRecord(())).bad("I4") == 1
    assert audit(world.engine, later).bad("I4") == audit(world.engine, others).bad("I4") == 0


def test_without_the_providers_word_only_the_rows_are_checked(world: World, provider: Provider) -> None:
    sent(world, provider)

    report = audit(world.engine, None)

    named = ("I7", "I8", "I9", "I10", "I11", "I12", "I14", "I16", "I18", "I19", "I21")
    assert tuple(finding.invariant for finding in report.findings) == named
    assert report.is_clean


def test_a_request_log_is_read_without_its_torn_last_line(tmp_path: Path) -> None:
    line = {"seq": 1, "at": MORNING.isoformat(), "operation": "create_message", "token": "t", "to_sha256": "a"}
    line |= {"body_sha256": "b", "accepted": True, "provider_id": "SM1", "status": 201, "fault": None}
    listing = json.dumps(line | {"seq": 2, "operation": "list_messages"})
    log = tmp_path / "twilio" / "twilio.requests.jsonl"
    log.parent.mkdir()
    received = json.dumps(line | {"seq": 3, "operation": "receive_message", "provider_id": "SM2"})
    log.write_text(f"{json.dumps(line)}\n{listing}\n{received}\n" + '{"seq": 4')

    record = read_record(log_files([tmp_path]))

    assert record.received == [Received("twilio", "SM2")]
    [call] = record.calls
    assert (call.provider, call.token_hash, call.provider_id) == ("twilio", token_hash("t"), "SM1")
