"""Why a message went out, did not, or waits; what would have to change; what the gate would say now."""

import re
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import text

from activities.approval_notices import NoticeWriter
from activities.enrolling import EnrollingActivities
from models.database.engine import snapshot, transaction
from models.database.explaining import rows
from models.database.explaining.messages import explain_message
from models.database.permission.consent import REOPENING_SOURCES
from models.database.sending import claims
from models.database.sending.facts import Rules
from models.explaining.answers import MessageExplanation, Verdict
from models.explaining.checks import CHECKS
from models.explaining.consent import standing
from models.notices import APPROVAL_NOTICE_STEP
from models.outreach import RunReference
from models.quiet_hours import WindowDecision
from models.sending import HoldReason, NotSentReason
from models.terms import ApprovalPolicy
from tests.database.explained_cases import CASES, Case
from tests.database.ways import MORNING
from tests.database.world import EMAIL, PHONE, World, accepted

_PLACEHOLDERS = (
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "T"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"consent event \d+", "consent event N"),
    (r"[A-Z][a-z]{2} \d\d:\d\d in", "LOCAL in"),
)


def rules(world: World) -> Rules:
    return Rules(world.when, world.timers.inbound_silence, 1)


def explained(world: World, run: UUID, step: str = "hello") -> MessageExplanation:
    with snapshot(world.engine) as session:
        return explain_message(session, world.message(run, step)["id"], rules(world))


def plain(text: str) -> str:
    for pattern, placeholder in _PLACEHOLDERS:
        text = re.sub(pattern, placeholder, text)
    return text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_way_is_answered_with_what_would_have_to_change(world: World, case: Case) -> None:
    run = case.begin(world)
    world.rows("UPDATE run SET started_at = clock_timestamp()")

    said = explained(world, run, case.step)

    assert plain(said.answer) == case.answer
    assert len(said.to_change) == len(case.changes)
    assert all(plain(r.change).startswith(begin) for r, begin in zip(said.to_change, case.changes, strict=True))
    assert all(remedy.who for remedy in said.to_change)
    assert tuple(step.who for step in said.next) == case.next_by
    assert [line.number for line in said.checks] == list(range(1, len(CHECKS) + 1))
    stopped = [line for line in said.checks if line.verdict is Verdict.STOPPED]
    assert [line.rule for line in stopped] == ([case.stopped_at] if case.stopped_at else [])
    assert all(line.to_change for line in stopped)
    assert not [secret for secret in (PHONE, EMAIL, "Lea", "Reply STOP") if secret in said.model_dump_json()]


def test_every_reason_is_among_the_cases() -> None:
    assert {case.reason for case in CASES if case.reason} == {*HoldReason, *NotSentReason}


EVENTS = (
    ("granted", 1, "form"),
    ("granted", 3, "start_word"),
    ("revoked", 0, "reply"),
    ("held", 0, "reply"),
    ("released", 0, "staff"),
)
ADD = text(
    "INSERT INTO consent (client_id, channel, address_hash, status, kind, source, actor, wording_version, evidence) "
    "VALUES (:client, :channel, :address, :status, :kind, :source, 'sam', '', '')"
)


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_the_consent_events_that_are_shown_are_those_by_which_the_gate_decides(world: World, length: int) -> None:
    world.plan(run := world.request())
    message_id, address = world.message(run)["id"], world.address()
    with transaction(world.engine) as session:
        message = rows.message(session, message_id)
        assert message is not None
        for history in product(EVENTS, repeat=length):
            with session.begin_nested() as attempt:
                for status, kind, source in history:
                    session.execute(ADD, address.where | {"status": status, "kind": kind, "source": source})
                facts = claims.look(session, message, rules(world)).facts
                shown = standing(rows.consent_of(session, world.client, "sms", address.hash), REOPENING_SOURCES)
                attempt.rollback()
            said = (shown.opt_out is not None, shown.held is not None, shown.granted["kind"] if shown.granted else 0)
            assert said == (facts.opted_out, facts.opt_out_in_doubt, facts.consent_given), history


def test_what_a_check_looked_at_is_shown_as_it_stood_then(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.opt_out()
    world.pause()

    checks = {line.rule: line for line in explained(world, run).checks}

    assert all(line.inputs for line in checks.values())
    assert checks["no opt-out"].inputs == {"opt_out": None, "opted_in_again": None}
    assert checks["no opt-out"].in_words == "No opt-out stands for this address."
    assert checks["not paused"].verdict is Verdict.PASSED
    event = checks["consent covers it"].inputs["event"]
    assert (event["source"], event["actor"], event["status"]) == ("form", "sam", "granted")
    approval = checks["this wording is approved"].inputs
    assert (approval["decided_by"], approval["decision"], approval["subject"]) == ("ann", "approve", "template")
    assert {"approval_id", "content_hash", "decided_at", "decided_through"} <= set(approval)
    [zone] = checks["outside quiet hours"].inputs["zones"]
    assert (zone["zone"], zone["open"]) == ("America/Denver", True)
    assert zone["local"].utcoffset().total_seconds() in (-7 * 3600, -6 * 3600)


def test_a_message_that_is_held_says_what_the_gate_would_say_now(world: World) -> None:
    run = world.run()
    world.pause()
    world.claim(run)
    world.pause(paused=False)
    shut = ("America/Denver",)
    world.hours = WindowDecision(allowed=False, zones=shut, shut_in=shut, next_open_at=MORNING)

    said = explained(world, run)

    assert said.answer.startswith("It waits: this client is paused by sam")
    assert said.now is not None
    assert plain(said.now.answer).startswith("Asked now, it would be stopped: it was outside the allowed hours")
    assert [line.rule for line in said.now.checks if line.verdict is Verdict.STOPPED] == ["outside quiet hours"]
    assert said.now.until == MORNING
    assert [remedy.change for remedy in said.to_change] == ["The allowed hours begin, at 2030-01-07 16:00:00 UTC."]


def test_what_is_settled_is_not_asked_again(world: World) -> None:
    run = world.run()
    world.sent(run)

    assert explained(world, run).now is None


def test_a_gate_of_an_earlier_version_that_holds_no_moment_is_dated_by_its_effect(world: World) -> None:
    run = world.run()
    world.sent(run)
    [call] = world.attempts(run)
    world.rows(
        "UPDATE message SET gate = (SELECT jsonb_agg(line - 'at') FROM jsonb_array_elements(gate) line) WHERE fence = 1"
    )

    assert explained(world, run).asked_at == call["started_at"]


def test_a_notice_to_a_colleague_needs_only_its_run_and_its_freshness(world: World) -> None:
    run = world.run(ApprovalPolicy.RUN)
    second = timedelta(seconds=1)
    enrolling = EnrollingActivities(
        world.enrollments, NoticeWriter("http://api", "http://ui/{}".format), second, second
    )
    world.ledger.record(world.claimed(run, enrolling.write_approval_notice(RunReference(run_id=run)).step), accepted())

    said = explained(world, run, APPROVAL_NOTICE_STEP)

    asked = [line.rule for line in said.checks if line.verdict is not Verdict.NOT_ASKED]
    assert asked == ["the run goes on", "still fresh"]
    assert {line.in_words for line in said.checks} >= {"Not asked: what goes to a colleague does not need it."}
    assert "all 2 checks passed" in said.answer
