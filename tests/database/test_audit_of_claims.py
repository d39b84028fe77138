"""What must not be claimed: each invariant of consent, pauses and approvals is raised by its own planted violation."""

from models.terms import ApprovalPolicy, ConsentKind, DecisionKind, PauseScope
from tests.database.planting import Provider, plant_claim, sent, sha256, started, violated
from tests.database.world import World


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


def test_notices_to_staff_need_neither_consent_nor_approval(world: World, provider: Provider) -> None:
    run = world.run()
    started(world)
    world.rows("UPDATE message SET audience = 'staff', approved_hash = NULL WHERE step = 'hello'")
    world.pause(PauseScope.CLIENT)
    world.opt_out()
    provider.hears(world.sent(run, provider_id="SM1"))

    assert violated(world, provider) == set()
