"""Wording is checked when it is planned, when somebody is asked to approve it, and when it is claimed."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from activities.library import Library, read_library
from models.approving import ApprovalSubject, AskFor, Refusal, Review, RiskClass
from models.copywriting import TemplateVersion
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approvals
from models.database.seeding import add_library
from models.database.tables.people import ClientContact
from models.database.wording_marks import note_agency, put
from models.errors import InvalidAddress, WordingBlocked
from models.sending import Claimed, Held, HoldReason
from models.terms import ApprovalPolicy, Channel, ConsentKind
from models.wording.audiences import Audience, Stage
from models.wording.findings import FindingKind
from models.wording.judging import Findings, Verdict
from models.wording.surroundings import MarkKind, Purpose
from tests.database.wordings import checked, enter
from tests.database.world import World

RIVAL = "Blue River Roofing"
CANARY = "AKIA" + "CANARYCANARY1234"
REPORT = Audience(purpose=Purpose.REPORT)


def kinds(findings: Findings) -> set[FindingKind]:
    return {finding.kind for finding in findings.found}


def dump(world: World, *tables: str) -> str:
    return "".join(str(world.rows(f"SELECT * FROM {table}")) for table in tables)


def test_what_was_found_is_kept_by_class_and_place_and_never_as_words(world: World) -> None:
    found = checked(world, f"Use {CANARY}, or call 720-555-0147.")

    assert kinds(found) == {FindingKind.CREDENTIAL, FindingKind.PHONE_NUMBER}
    [check] = world.rows("SELECT * FROM wording_check")
    assert (check["verdict"], check["stage"], check["content_hash"]) == ("block", "draft", found.content_hash)
    credential = world.one("SELECT * FROM wording_finding WHERE kind = 'credential'")
    assert (credential["part"], credential["start"], credential["severity"]) == ("body", 4, "block")
    kept = dump(world, "wording_check", "wording_finding", "event") + repr(found)
    assert [secret for secret in (CANARY, CANARY[4:], "555-0147", "7205550147") if secret in kept] == []


def test_the_same_check_is_kept_once_and_another_stage_audience_or_client_is_another(world: World) -> None:
    other = enter(world, RIVAL)
    for _ in range(2):
        checked(world, "Hello.")
        checked(world, "Hello.", Stage.APPROVAL)
        checked(world, "Hello.", audience=REPORT)
        checked(world, "Hello.", client=other)

    assert len(world.rows("SELECT * FROM wording_check")) == 4


def test_another_clients_name_phone_and_domain_block_and_its_own_do_not(world: World) -> None:
    rival = enter(world, f"{RIVAL} LLC", "(303) 555-0177")
    with transaction(world.engine) as session:
        put(session, rival, MarkKind.DOMAIN, "https://www.blueriver.net/", Origin("api", "eve"))
    texts = (f"Like {RIVAL.upper()}, we are near.", "Call 303.555.0177.", "See https://blueriver.net/offer.")

    assert all(FindingKind.OTHER_CLIENT in kinds(checked(world, text)) for text in texts)
    assert [checked(world, text, client=rival).verdict for text in texts] == [Verdict.CLEAR] * 3


def test_colleagues_of_a_report_may_be_named_to_each_other_and_not_to_leads(world: World) -> None:
    with transaction(world.engine) as session:
        session.add(ClientContact(client_id=world.client, name="Bo", email="bo@acme.example"))

    assert checked(world, "Ask bo@acme.example about it.", audience=REPORT).verdict is Verdict.CLEAR
    assert kinds(checked(world, "Ask bo@acme.example about it.")) == {FindingKind.EMAIL_ADDRESS}


def test_the_addresses_of_the_agency_are_those_of_its_settings(world: World) -> None:
    for base in ("http://127.0.0.1:8080", "https://portal.agency.example"):
        with transaction(world.engine) as session:
            note_agency(session, [base], ["reports@agency.example"])
        assert checked(world, f"See {base}/p/{'aB3' * 15} or write to reports@agency.example.").verdict is Verdict.CLEAR

    assert checked(world, "See http://127.0.0.1:8080/p today.").blocks
    assert len(world.rows("SELECT * FROM client_mark")) == 2


@pytest.mark.parametrize(
    ("kind", "value"),
    [(MarkKind.PHONE, "12"), (MarkKind.EMAIL, "bo"), (MarkKind.DOMAIN, "acme"), (MarkKind.NAME, "Bo"), (MarkKind.URL, "acme.com")],
)  # fmt: skip
def test_a_mark_that_nothing_can_be_recognised_by_is_refused(world: World, kind: MarkKind, value: str) -> None:
    with transaction(world.engine) as session, pytest.raises(InvalidAddress):
        put(session, world.client, kind, value, Origin("api", "eve"))


def test_a_planned_message_is_checked_once_and_its_claim_only_compares(world: World) -> None:
    run = world.run()
    world.claimed(run)

    assert [check["stage"] for check in world.rows("SELECT DISTINCT stage FROM wording_check")] == ["draft"]


def test_a_claim_checks_anew_once_another_client_has_come_and_holds_what_names_it(world: World) -> None:
    run = world.run(lead=world.lead(RIVAL))
    enter(world, RIVAL)

    for _ in range(2):
        held = world.claim(run)
        assert held == Held(message_id=world.message(run)["id"], reason=HoldReason.WORDING)

    [task] = world.tasks("wording_held")
    assert (task["owner"], task["message_id"]) == ("sam", world.message(run)["id"])
    assert len(world.rows("SELECT * FROM wording_check WHERE stage = 'claim'")) == 1
    assert world.attempts(run) == []


def test_what_is_entered_as_the_clients_own_lets_the_message_leave_and_its_run_hears_of_it(world: World) -> None:
    run = world.run(lead=world.lead(RIVAL))
    enter(world, RIVAL)
    world.claim(run)
    before = world.announced(run)

    with transaction(world.engine) as session:
        put(session, world.client, MarkKind.NAME, RIVAL, Origin("api", "eve"))

    assert world.announced(run) == before + 1
    assert isinstance(world.claim(run), Claimed)


def test_nobody_is_asked_to_approve_what_must_not_leave_and_what_was_found_is_kept(world: World) -> None:
    run = world.request(ApprovalPolicy.RUN, world.lead("Ana 720-555-0147"))

    with pytest.raises(WordingBlocked, match=r"^step hello holds what must not leave: phone_number$"):
        world.plan(run)

    assert world.rows("SELECT * FROM approval WHERE subject = 'run'") == []
    assert world.rows("SELECT * FROM message") == []
    assert [event["reason"] for event in world.events("wording_blocked")] == ["phone_number"] * 3
    assert "555-0147" not in dump(world, "event", "wording_finding")


def test_what_needs_an_approval_of_its_own_gets_one_although_its_templates_are_approved(world: World) -> None:
    run = world.run(lead=world.lead("best rated"))

    assert world.plan(run).approval_deadline is not None
    assert world.message(run)["state"] == "planned"
    world.decide(run)
    assert isinstance(world.claim(run), Claimed)


def test_a_template_approval_is_not_enough_for_what_needs_one_of_its_own_at_the_claim(world: World) -> None:
    run = world.run()
    world.rows("UPDATE wording_check SET verdict = 'needs_approval'")

    held = world.claim(run)

    assert isinstance(held, Held)
    assert held.reason is HoldReason.WORDING


def test_what_is_found_between_the_request_and_the_decision_cannot_be_approved(world: World) -> None:
    run = world.run(ApprovalPolicy.RUN, world.lead(RIVAL))
    enter(world, RIVAL)
    checked(world, world.message(run)["body"], Stage.APPROVAL)

    verdict = world.decide(run)

    assert verdict.refusal is Refusal.WORDING_BLOCKED
    assert world.events("approval_refused")[-1]["reason"] == "wording_blocked"


def test_nobody_can_ask_whatever_they_ask_about_and_another_clients_check_of_the_same_text_does_not_count(
    world: World,
) -> None:
    rival = enter(world, RIVAL)
    text = f"Hello from {RIVAL}."
    asked = AskFor(
        subject=ApprovalSubject.POST, subject_id=uuid4(), client_id=world.client, run_id=None, audience_hash="",
        items=[checked(world, text, Stage.APPROVAL).content_hash], review=Review.OWNER, risk=RiskClass.ROUTINE,
        approver="ann", delegate=None, requested_by="sam", last_editor=None, within=None,
    )  # fmt: skip
    checked(world, text, Stage.APPROVAL, client=rival)

    with transaction(world.engine) as session, pytest.raises(WordingBlocked, match="other_client"):
        approvals.ask(session, asked)
    with transaction(world.engine) as session:
        approvals.ask(session, replace(asked, client_id=rival))


def test_the_shipped_library_passes_and_everything_in_it_may_be_approved_once_for_all(world: World) -> None:
    enter(world, RIVAL)
    with transaction(world.engine) as session:
        add_library(session, read_library(), "copywriter", approve_as="ann")

    assert {check["verdict"] for check in world.rows("SELECT verdict FROM wording_check")} == {"clear"}


def library_of(body: str, policy: ApprovalPolicy | None) -> Library:
    key = f"text_{uuid4().hex[:8]}"
    template = TemplateVersion(
        key=key, version=1, channel=Channel.SMS, consent_needed=ConsentKind.CONVERSATIONAL, body=f"{body} Reply STOP."
    )
    shipped = read_library().sequences[0]
    step = shipped.steps[0].model_copy(update={"template": key, "version": 1})
    changed = {"key": key, "approval": policy, "steps": (step,), "approver": "ann"}
    sequences = (shipped.model_copy(update=changed),) if policy else ()
    return Library(templates=(template,), sequences=sequences)


@pytest.mark.parametrize(
    ("body", "policy", "refused"),
    [
        ("Hi {{ first_name }}, ask Blue River Roofing.", ApprovalPolicy.RUN, "other_client"),
        ("{% if first_name %}Use token: abc123456{% endif %}", ApprovalPolicy.RUN, "credential"),
        ("We guarantee it.", ApprovalPolicy.TEMPLATE, "claim"),
        ("Calls went up 40%.", None, "figure_without_source"),
        ("We guarantee it.", ApprovalPolicy.RUN, None),
        ("Hi {{ first_name | title }}, call {{ client_phone }}.", ApprovalPolicy.TEMPLATE, None),
    ],
)
def test_a_template_is_looked_at_before_anybody_is_asked(
    world: World, body: str, policy: ApprovalPolicy | None, refused: str | None
) -> None:
    enter(world, RIVAL)
    with transaction(world.engine) as session:
        if refused is None:
            assert add_library(session, library_of(body, policy), "copywriter").templates
            return
        with pytest.raises(WordingBlocked, match=refused):
            add_library(session, library_of(body, policy), "copywriter")


def test_a_fresh_database_can_check_before_anybody_is_entered(engine: Engine) -> None:
    template = TemplateVersion(
        key="hi", version=1, channel=Channel.SMS, consent_needed=ConsentKind.CONVERSATIONAL, body="Hi. Reply STOP."
    )
    with transaction(engine) as session:
        added = add_library(session, Library(templates=(template,), sequences=()), "copywriter")
    assert added.templates == ["hi v1"]
