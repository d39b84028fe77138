"""Each invariant is raised by its own planted violation, so that a clean audit means something."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.audit import INVARIANTS, AuditReport, ProviderCall, ProviderRecord, Received, log_files, read_record
from models.database.audit import audit
from models.database.inbound.arrivals import Arrival, store
from models.database.inbound.consuming import WaitingReports
from models.identity import token_hash
from models.notices import APPROVAL_NOTICE_STEP
from models.provider_answers import Answer, AnswerKind
from models.sending import Claimed
from models.terms import ApprovalPolicy, ConsentKind, DecisionKind, PauseScope
from tests.database.world import PHONE, World

MORNING = datetime(2026, 3, 2, 15, tzinfo=UTC)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Provider:
    """What a provider would have logged."""

    def __init__(self) -> None:
        self.calls: list[ProviderCall] = []
        self.received: list[Received] = []

    def hears(self, claimed: Claimed, provider_id: str | None = "SM1") -> ProviderCall:
        """Log the request of a claim; without an id it is refused."""
        envelope = claimed.envelope
        self.calls.append(
            ProviderCall(
                provider="twilio",
                seq=len(self.calls) + 1,
                at=MORNING + timedelta(minutes=len(self.calls)),
                operation="create_message",
                accepted=provider_id is not None,
                token_hash=token_hash(envelope.token),
                to_sha256=sha256(envelope.to),
                body_sha256=sha256(f"{envelope.subject}\n\n{envelope.body}" if envelope.subject else envelope.body),
                provider_id=provider_id,
            )
        )
        return self.calls[-1]


@pytest.fixture
def provider() -> Provider:
    return Provider()


def audited(world: World, provider: Provider) -> AuditReport:
    return audit(world.engine, ProviderRecord(provider.calls, provider.received))


def violated(world: World, provider: Provider) -> set[str]:
    return {finding.invariant for finding in audited(world, provider).findings if finding.bad}


def sent(world: World, provider: Provider) -> Claimed:
    """One message sent as it should be; its run has started."""
    run = world.run()
    claimed = world.sent(run, provider_id="SM1")
    provider.hears(claimed, "SM1")
    started(world)
    return claimed


def started(world: World) -> None:
    world.rows("UPDATE run SET started_at = clock_timestamp()")
    world.rows("DELETE FROM outbox")


def plant_claim(world: World, provider: Provider, run: object, provider_id: str = "SM1") -> None:
    """Claim and send past every gate."""
    message = world.one("SELECT id, address, body FROM message WHERE run_id = :run AND step = 'hello'", run=run)
    token = f"token of {message['id']}"
    world.rows(
        "UPDATE message SET state = 'accepted', reason = NULL, fence = 1, provider_message_id = :sid WHERE id = :id",
        id=message["id"],
        sid=provider_id,
    )
    world.rows(
        "INSERT INTO attempt (message_id, fence, token_hash, worker, outcome) VALUES (:id, 1, :hash, 'w', 'accepted')",
        id=message["id"],
        hash=token_hash(token),
    )
    world.rows(
        "INSERT INTO claim_log (message_id, fence, client_id, channel, address_hash, scopes) "
        "SELECT id, 1, client_id, channel, address_hash, ARRAY['everything', 'client:' || client_id] FROM message "
        "WHERE id = :id",
        id=message["id"],
    )
    provider.calls.append(
        ProviderCall(
            provider="twilio",
            seq=len(provider.calls) + 1,
            at=MORNING + timedelta(minutes=len(provider.calls)),
            operation="create_message",
            accepted=True,
            token_hash=token_hash(token),
            to_sha256=sha256(message["address"]),
            body_sha256=sha256(message["body"]),
            provider_id=provider_id,
        )
    )


def test_a_clean_database_has_nothing_to_report(world: World, provider: Provider) -> None:
    run = world.run(ApprovalPolicy.RUN)
    world.decide(run)
    for step, provider_id in (("hello", "SM1"), ("again", "SM2"), ("mail", "ses-1")):
        provider.hears(world.sent(run, step, provider_id), provider_id)
    refused = world.run(lead=world.lead(phone="+13035550199"))
    claimed = world.claimed(refused)
    world.ledger.record(claimed, Answer(kind=AnswerKind.REFUSED, code="21211"))
    provider.hears(claimed, None)
    world.text("thanks, Tuesday suits me")
    world.opt_out()

    report = audited(world, provider)

    assert [(finding.invariant, finding.bad) for finding in report.findings] == [(name, 0) for name in INVARIANTS]
    assert report.is_clean
    assert (report.totals.planned, report.totals.accepted, report.totals.refused) == (6, 3, 1)
    assert report.totals.provider_acceptances == 3
    assert (report.totals.duplicates, report.totals.lost, report.totals.unexplained) == (0, 0, 0)


def test_i1_finds_a_message_that_was_accepted_twice(world: World, provider: Provider) -> None:
    claimed = sent(world, provider)
    world.rows(
        "INSERT INTO attempt (message_id, fence, token_hash, worker, outcome) VALUES (:id, 2, :hash, 'w', 'not_accepted')",
        id=claimed.message_id,
        hash=token_hash("second"),
    )
    provider.calls.append(replace(provider.calls[0], seq=2, token_hash=token_hash("second"), provider_id="SM2"))

    report = audited(world, provider)

    assert report.bad("I1") == 1
    assert report.totals.duplicates == 1
    assert not report.is_clean


def test_i2_finds_a_second_call_of_one_attempt(world: World, provider: Provider) -> None:
    sent(world, provider)
    provider.calls.append(replace(provider.calls[0], seq=2, accepted=False, provider_id=None))

    assert violated(world, provider) == {"I2"}


def test_i3_finds_a_call_without_a_claim(world: World, provider: Provider) -> None:
    sent(world, provider)
    provider.calls.append(
        replace(provider.calls[0], seq=2, token_hash=None, provider_id="SM2", body_sha256=sha256("something else"))
    )

    report = audited(world, provider)

    assert violated(world, provider) == {"I3"}
    assert report.totals.lost == 1
    assert report.findings[2].examples == ("twilio/2",)


def test_i4_finds_a_message_that_only_the_ledger_calls_accepted(world: World, provider: Provider) -> None:
    claimed = sent(world, provider)
    provider.calls.clear()

    report = audited(world, provider)

    assert violated(world, provider) == {"I4"}
    assert report.totals.lost == 1
    assert report.findings[3].examples == (str(claimed.message_id),)


def test_i5_finds_an_acceptance_of_what_was_never_to_leave(world: World, provider: Provider) -> None:
    claimed = sent(world, provider)
    world.rows("UPDATE message SET state = 'suppressed', reason = 'opted_out' WHERE id = :id", id=claimed.message_id)

    assert violated(world, provider) == {"I5"}
    assert audited(world, provider).totals.lost == 1


def test_i6_finds_a_wrong_provider_id(world: World, provider: Provider) -> None:
    claimed = sent(world, provider)
    world.rows("UPDATE message SET provider_message_id = 'SM9' WHERE id = :id", id=claimed.message_id)

    assert violated(world, provider) == {"I6"}


def test_i7_finds_a_doubt_that_nobody_looks_into(world: World, provider: Provider) -> None:
    run = world.run()
    provider.hears(world.claimed(run))
    started(world)
    world.rows("UPDATE message SET next_check_at = next_check_at - interval '1 hour' WHERE state = 'dispatching'")

    assert violated(world, provider) == {"I7"}
    assert audited(world, provider).totals.unexplained == 1


def test_i7_finds_a_message_that_went_stale_unnoticed(world: World, provider: Provider) -> None:
    world.run()
    started(world)
    world.rows("UPDATE message SET expires_at = clock_timestamp() - interval '3 hours' WHERE step = 'hello'")

    assert violated(world, provider) == {"I7"}


def test_i8_finds_an_escalation_that_is_on_nobodys_list(world: World, provider: Provider) -> None:
    run = world.run()
    provider.hears(world.claimed(run))
    started(world)
    world.rows("UPDATE message SET state = 'escalated', next_check_at = NULL WHERE state = 'dispatching'")

    assert violated(world, provider) == {"I8"}


def test_i9_finds_a_run_that_temporal_will_never_hear_of(world: World, provider: Provider) -> None:
    world.run()
    world.rows("DELETE FROM outbox")

    assert violated(world, provider) == {"I9"}


def test_i10_finds_a_claim_after_an_opt_out(world: World, provider: Provider) -> None:
    run = world.run()
    started(world)
    world.opt_out()
    world.grant(ConsentKind.PROMOTIONAL, source="form")
    plant_claim(world, provider, run)

    assert violated(world, provider) == {"I10"}


def test_i10_finds_a_claim_while_a_doubtful_opt_out_is_unread(world: World, provider: Provider) -> None:
    run = world.run()
    started(world)
    world.rows(
        "INSERT INTO consent (client_id, channel, address_hash, status, kind, source, actor, wording_version, evidence) "
        "SELECT client_id, channel, address_hash, 'held', 0, 'reply', 'recipient', '', '' FROM message WHERE step = 'hello'"
    )
    plant_claim(world, provider, run)

    assert violated(world, provider) == {"I10"}


def test_an_opt_in_by_the_person_lifts_an_opt_out(world: World, provider: Provider) -> None:
    world.opt_out()
    world.grant(ConsentKind.INFORMATIONAL, source="start_word")
    sent(world, provider)

    assert violated(world, provider) == set()


def test_i11_finds_a_claim_inside_a_pause(world: World, provider: Provider) -> None:
    run = world.run()
    started(world)
    world.pause(PauseScope.CLIENT)
    plant_claim(world, provider, run)

    assert violated(world, provider) == {"I11"}


def test_a_claim_after_the_resume_is_in_order(world: World, provider: Provider) -> None:
    world.pause(PauseScope.CLIENT)
    world.pause(PauseScope.CLIENT, paused=False)
    sent(world, provider)

    assert violated(world, provider) == set()


def test_i12_finds_a_claim_that_nobody_approved(world: World, provider: Provider) -> None:
    run = world.run(ApprovalPolicy.RUN)
    started(world)
    plant_claim(world, provider, run)

    assert violated(world, provider) == {"I12"}


def test_i12_finds_a_claim_after_the_wording_was_edited(world: World, provider: Provider) -> None:
    run = world.run(ApprovalPolicy.RUN)
    world.decide(run)
    started(world)
    world.rows(
        "UPDATE message SET body = 'edited', content_hash = :hash WHERE run_id = :run AND step = 'hello'",
        run=run,
        hash=sha256("edited"),
    )
    plant_claim(world, provider, run)

    assert violated(world, provider) == {"I12"}


def test_a_decision_that_is_withdrawn_later_does_not_taint_what_had_left(world: World, provider: Provider) -> None:
    run = world.run(ApprovalPolicy.RUN)
    world.decide(run)
    provider.hears(world.sent(run, provider_id="SM1"))
    world.decide(run, DecisionKind.REVOKE)

    assert violated(world, provider) == set()


def test_i13_finds_other_words_on_the_wire(world: World, provider: Provider) -> None:
    sent(world, provider)
    provider.calls[0] = replace(provider.calls[0], body_sha256=sha256("something else"))

    assert violated(world, provider) == {"I13"}


def test_i13_finds_another_recipient_on_the_wire(world: World, provider: Provider) -> None:
    sent(world, provider)
    provider.calls[0] = replace(provider.calls[0], to_sha256=sha256("+13035550100"))

    assert violated(world, provider) == {"I13"}


def two_minutes_pass(world: World) -> None:
    """Since everything came in."""
    world.rows("UPDATE inbox SET received_at = received_at - interval '2 minutes'")


def test_i14_finds_a_reply_that_its_run_has_not_read(world: World, provider: Provider) -> None:
    sent(world, provider)
    world.text("hello?", sender=PHONE)
    started(world)
    two_minutes_pass(world)
    assert violated(world, provider) == {"I14"}

    world.control.look(world.one("SELECT id FROM run")["id"])
    assert violated(world, provider) == set()


@pytest.mark.parametrize("kind", ["status", "event"])
def test_i14_finds_a_callback_and_an_event_that_took_no_effect(world: World, provider: Provider, kind: str) -> None:
    store(world.engine, world.ring, [Arrival("twilio", "key", kind, b"")])
    assert violated(world, provider) == set()
    two_minutes_pass(world)
    assert violated(world, provider) == {"I14"}

    waiting = WaitingReports(world.engine, world.ring)
    assert [waiting.settle(inbox_id) for inbox_id in waiting.due()] == [True]
    assert violated(world, provider) == set()


@pytest.mark.parametrize("state", ["orphan", "poison"])
def test_i14_finds_what_was_set_aside_without_a_task(world: World, provider: Provider, state: str) -> None:
    store(world.engine, world.ring, [Arrival("twilio", "key", "status", b"")])
    world.rows("UPDATE inbox SET state = :state", state=state)
    two_minutes_pass(world)

    assert violated(world, provider) == {"I14"}


def test_i15_finds_the_same_text_sent_twice_under_two_keys(world: World, provider: Provider) -> None:
    sent(world, provider)
    second = world.run()
    started(world)
    plant_claim(world, provider, second, "SM2")

    assert violated(world, provider) == {"I15"}


def test_a_repeat_after_a_failed_delivery_is_in_order(world: World, provider: Provider) -> None:
    first = sent(world, provider)
    world.rows("UPDATE message SET failure_class = 'transient' WHERE id = :id", id=first.message_id)
    run = world.one("SELECT run_id FROM message WHERE id = :id", id=first.message_id)["run_id"]
    repeat = world.claimed(run, occurrence=2)
    provider.hears(repeat, "SM2")

    assert violated(world, provider) == set()


def test_i16_finds_a_message_without_an_explanation(world: World, provider: Provider) -> None:
    world.run()
    started(world)
    world.rows("UPDATE run SET closed_at = clock_timestamp(), state = 'closed'")

    report = audited(world, provider)

    assert violated(world, provider) == {"I16"}
    assert report.totals.unexplained == report.bad("I16") == 3


def test_notices_to_staff_need_neither_consent_nor_approval(world: World, provider: Provider) -> None:
    run = world.run()
    started(world)
    world.rows("UPDATE message SET audience = 'staff', approved_hash = NULL WHERE step = 'hello'")
    world.pause(PauseScope.CLIENT)
    world.opt_out()
    provider.hears(world.sent(run, provider_id="SM1"))

    assert violated(world, provider) == set()


def test_a_notice_whose_text_is_sealed_is_compared_too(world: World, provider: Provider) -> None:
    run = world.run(ApprovalPolicy.RUN)
    notice = world.enrollments.notice_for(run)
    assert notice is not None
    world.enrollments.plan_notice(notice, "Please approve", f"Your code: {notice.code}")
    provider.hears(world.sent(run, APPROVAL_NOTICE_STEP, "ses-1"), "ses-1")

    assert violated(world, provider) == set()

    provider.calls[0] = replace(provider.calls[0], body_sha256=sha256("Please approve\n\nsomething else"))

    assert violated(world, provider) == {"I13"}


def test_a_text_that_its_provider_received_and_we_do_not_have_is_found(world: World, provider: Provider) -> None:
    sent(world, provider)
    world.text("Hello", provider_id="SM7")
    started(world)
    provider.received = [Received("twilio", "SM7"), Received("twilio", "SM8")]

    assert [(finding.invariant, finding.examples) for finding in audited(world, provider).findings if finding.bad] == [
        ("I17", ("SM8",))
    ]


def test_a_text_that_is_missing_while_a_gap_is_open_will_still_be_read(world: World, provider: Provider) -> None:
    sent(world, provider)
    world.rows("INSERT INTO inbound_gap (began_at, ended_at, found) VALUES (clock_timestamp(), clock_timestamp(), 0)")
    provider.received = [Received("twilio", "SM8")]

    assert violated(world, provider) == set()


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

    assert [finding.invariant for finding in report.findings] == ["I7", "I8", "I9", "I10", "I11", "I12", "I14", "I16"]
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
