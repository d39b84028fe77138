from datetime import UTC, datetime, timedelta

import pytest

from activities.approval_notices import NoticeWriter
from activities.enrolling import EnrollingActivities
from models.addresses import address_hash
from models.errors import FINAL_ERRORS, KeyReusedWithDifferentContent, UnknownRecord
from models.identity import message_id, send_key, workflow_id
from models.outreach import RunReference
from models.sending import Claimed, Held, HoldReason, NotSent, SendStep
from models.terms import ApprovalPolicy, Channel
from tests.database.world import PHONE, World

PLANNED = (
    "SELECT id, step, body, content_hash, state, expires_at, planned_at FROM message WHERE run_id = :run ORDER BY id"
)


def test_planning_twice_gives_the_same_rows(world: World) -> None:
    run = world.request()
    first_plan = world.plan(run)
    first = world.rows(PLANNED, run=run)

    assert world.plan(run) == first_plan
    assert world.rows(PLANNED, run=run) == first
    assert [step.key for step in first_plan.steps] == ["hello", "again", "mail"]
    assert len(world.events("message_planned")) == 3


def test_other_wording_under_the_same_key_is_refused(world: World) -> None:
    run = world.run()
    world.rows("UPDATE lead SET first_name = 'Lena'")

    with pytest.raises(KeyReusedWithDifferentContent):
        world.plan(run)

    assert "KeyReusedWithDifferentContent" in FINAL_ERRORS
    assert world.message(run)["body"] == "Hi Lea, this is Acme Plumbing. Reply STOP to opt out."


def test_a_message_is_known_by_business_facts_only(world: World) -> None:
    run = world.run()
    hashed = address_hash(str(world.client), Channel.SMS, PHONE)
    key = send_key(world.client, workflow_id("outreach", run), "hello", 1, Channel.SMS, hashed)

    assert world.message(run)["id"] == message_id(key)


def test_a_step_without_an_address_is_left_out(world: World) -> None:
    lead = world.lead(phone="")
    run = world.request(lead=lead)

    assert [step.key for step in world.plan(run).steps] == ["mail"]


def test_wording_that_each_run_must_approve_is_planned_but_not_ready(world: World) -> None:
    each_run, by_template = world.run(ApprovalPolicy.RUN), world.run(ApprovalPolicy.TEMPLATE)

    assert world.message(each_run)["state"] == "planned"
    assert world.message(by_template)["state"] == "ready"
    assert world.claim(each_run) == Held(message_id=world.message(each_run)["id"], reason=HoldReason.NOT_APPROVED)


def test_nothing_can_be_claimed_that_was_not_planned(world: World) -> None:
    run = world.run()

    with pytest.raises(UnknownRecord):
        world.claim(run, "unheard_of")
    with pytest.raises(UnknownRecord):
        world.claim(run, "unheard_of", 2)


WRITER = NoticeWriter("http://api", "http://ui/{}".format)


def test_the_approver_gets_one_notice_with_one_code_and_it_is_sealed_at_rest(world: World) -> None:
    run = world.run(ApprovalPolicy.RUN)
    enrolling = EnrollingActivities(world.enrollments, WRITER, timedelta(60), timedelta(2))

    step = enrolling.write_approval_notice(RunReference(run_id=run))
    assert enrolling.write_approval_notice(RunReference(run_id=run)) == step

    notice = world.message(run, "approval_notice")
    assert len(world.rows("SELECT * FROM approval_code")) == 1
    assert notice["sealed_with"] == "k1"
    assert "Hi Lea" not in notice["body"]
    claim = world.ledger.claim(step, "w", 1)
    assert isinstance(claim, Claimed)
    assert claim.envelope.to == "ann@example.com"
    assert "Hi Lea, this is Acme Plumbing" in claim.envelope.body


def test_a_notice_leaves_while_everything_is_paused_but_not_after_its_run_has_ended(world: World) -> None:
    run, ended = world.run(ApprovalPolicy.RUN), world.run(ApprovalPolicy.RUN, world.lead("Max"))
    enrolling = EnrollingActivities(world.enrollments, WRITER, timedelta(60), timedelta(2))
    notice, late = (enrolling.write_approval_notice(RunReference(run_id=one)) for one in (run, ended))
    world.pause()
    world.stop(ended)

    claim = world.ledger.claim(notice, "w", 1)
    assert isinstance(claim, Claimed)
    assert world.ledger.may_still_leave(claim)
    assert isinstance(world.ledger.claim(late, "w", 1), NotSent)


def test_a_stale_message_expires(world: World) -> None:
    run = world.run()
    world.rows("UPDATE message SET expires_at = :past", past=datetime(2026, 1, 1, tzinfo=UTC))

    result = world.ledger.claim(SendStep(run_id=run, step="hello"), "w", 1)

    assert isinstance(result, NotSent)
    assert result.reason == "expired"
    assert world.message(run)["state"] == "expired"
