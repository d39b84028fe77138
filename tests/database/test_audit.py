"""Each invariant is raised by its own planted violation, so that a clean audit means something."""

from dataclasses import replace

from models.audit import FROM_MARKS, FROM_TOLD, INVARIANTS
from models.identity import token_hash
from models.notices import APPROVAL_NOTICE_STEP
from models.provider_answers import Answer, AnswerKind
from models.terms import ApprovalPolicy
from tests.database.planting import Provider, audited, plant_claim, sent, sha256, started, violated
from tests.database.world import World


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

    checked = [name for name in INVARIANTS if name not in FROM_TOLD | FROM_MARKS]
    assert [(finding.invariant, finding.bad) for finding in report.findings] == [(name, 0) for name in checked]
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


def test_i13_finds_other_words_on_the_wire(world: World, provider: Provider) -> None:
    sent(world, provider)
    provider.calls[0] = replace(provider.calls[0], body_sha256=sha256("something else"))

    assert violated(world, provider) == {"I13"}


def test_i13_finds_another_recipient_on_the_wire(world: World, provider: Provider) -> None:
    sent(world, provider)
    provider.calls[0] = replace(provider.calls[0], to_sha256=sha256("+13035550100"))

    assert violated(world, provider) == {"I13"}


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


def test_a_notice_whose_text_is_sealed_is_compared_too(world: World, provider: Provider) -> None:
    run = world.run(ApprovalPolicy.RUN)
    notice = world.enrollments.notice_for(run)
    assert notice is not None
    world.enrollments.plan_notice(notice, "Please approve", f"Your code: {notice.code}")
    provider.hears(world.sent(run, APPROVAL_NOTICE_STEP, "ses-1"), "ses-1")

    assert violated(world, provider) == set()

    provider.calls[0] = replace(provider.calls[0], body_sha256=sha256("Please approve\n\nsomething else"))

    assert violated(world, provider) == {"I13"}
