"""Every attempt to approve without the right to: it leaves a record that says why, and has no effect."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from models.approving import ApprovalSubject, AskFor, Review, RiskClass
from models.database.engine import transaction
from models.database.permission import approvals
from models.database.run_control import RunControl
from models.database.tables.approvals import Approval
from models.outreach import SignalClaim
from models.terms import DecisionKind
from tests.starter.approving import KEY, Desk
from tests.starter.builders import plan
from tests.starter.conftest import Api

Attempt = Callable[[Desk], Awaitable[None]]
_FORGET_WHAT_THE_LINK_DECIDED = """
    WITH forgotten AS (SELECT id FROM decision WHERE channel = 'web_link'),
         marks AS (DELETE FROM decision_mark WHERE decision_id IN (SELECT id FROM forgotten))
    DELETE FROM decision WHERE id IN (SELECT id FROM forgotten)
"""


@pytest.fixture
async def desk(api: Api) -> Desk:
    run_id = UUID(await api.started(sequence="web_lead", lead={"source": "web_form"}))
    plan(api.engine, run_id)
    return Desk(api, run_id)


def ask_again(desk: Desk, **changes: object) -> UUID:
    """Ask for the run's wording once more, with changes; what was asked before is replaced."""
    now = desk.approval
    values: dict[str, object] = {
        "subject": ApprovalSubject.RUN, "subject_id": desk.run_id, "client_id": now.client_id, "run_id": desk.run_id,
        "items": [row[0] for row in desk.api.rows("SELECT content_hash FROM message ORDER BY position")],
        "audience_hash": now.audience_hash, "review": Review.OWNER, "risk": RiskClass.ROUTINE, "approver": "approver",
        "delegate": None, "requested_by": "sales-ops", "last_editor": None, "within": timedelta(hours=1),
        "recipients": tuple(now.recipients or ()),
    }  # fmt: skip
    with transaction(desk.api.engine) as session:
        return approvals.ask(session, AskFor(**(values | changes))).id  # type: ignore[arg-type]


async def through_the_api(desk: Desk, approval: Approval, by: str, **changes: str) -> int:
    body = {"decision": "approve", "content_hash": approval.content_hash, "reason": "reads well"} | changes
    return (await desk.api.post(f"/v1/approvals/{approval.id}/decision", body, by=by)).status_code


def typed(desk: Desk, code: str = "", run_id: UUID | None = None, principal: str = "") -> None:
    """What the workflow makes of a signal `approve` in the Temporal UI."""
    shown = (code,) if code else ()
    claim = SignalClaim(
        run_id=run_id or desk.run_id, signal="approve", decision=DecisionKind.APPROVE, shown=shown, nth=1
    )
    RunControl(desk.api.engine, KEY).settle(claim, principal)


async def by_a_scanner_that_opens_the_link(desk: Desk) -> None:
    answer = await desk.open(desk.link())
    assert answer.status_code == 200
    assert "Zephyrine" in answer.text


async def by_a_scanner_that_asks_for_the_head_only(desk: Desk) -> None:
    answer = await desk.open(desk.link(), method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")


async def without_a_session(desk: Desk) -> None:
    assert (await desk.press(desk.link())).status_code == 401


async def with_a_session_that_has_ended(desk: Desk) -> None:
    cookie = await desk.signs_in("approver")
    desk.run("UPDATE staff_session SET expires_at = clock_timestamp()")
    assert (await desk.press(desk.link(), cookie)).status_code == 401


async def from_another_site(desk: Desk) -> None:
    assert (await desk.press(desk.link(), await desk.signs_in("approver"), csrf="0" * 64)).status_code == 403


async def by_a_script_that_presses_without_reading(desk: Desk) -> None:
    assert (await desk.press(desk.link(), await desk.signs_in("approver"), have_read="")).status_code == 422


async def by_a_link_that_is_too_old(desk: Desk) -> None:
    answer = await desk.press(desk.link(lasts=timedelta(seconds=-1)), await desk.signs_in("approver"))
    assert answer.status_code == 410


async def by_a_link_that_was_used(desk: Desk) -> None:
    link, cookie = desk.link(), await desk.signs_in("approver")
    assert (await desk.press(link, cookie, "reject", reason="too pushy")).status_code == 200
    assert (await desk.press(link, cookie)).status_code == 410
    assert (await desk.open(link, cookie)).status_code == 410
    desk.run(_FORGET_WHAT_THE_LINK_DECIDED)  # to see that nothing came after it


async def by_the_link_of_somebody_else(desk: Desk) -> None:
    assert (await desk.press(desk.link("approver"), await desk.signs_in("approver-2"))).status_code == 403


async def by_whoever_asked_for_it(desk: Desk) -> None:
    desk.run("UPDATE staff SET roles = '{sales_ops,approver}' WHERE handle = 'sales-ops'")
    assert (await desk.press(desk.link("sales-ops"), await desk.signs_in("sales-ops"))).status_code == 403
    assert await through_the_api(desk, desk.approval, "sales-ops") == 403


async def by_whoever_edited_it_last(desk: Desk) -> None:
    ask_again(desk, last_editor="approver")
    assert (await desk.press(desk.link(), await desk.signs_in("approver"))).status_code == 403
    typed(desk, desk.code())


async def after_an_edit(desk: Desk) -> None:
    before, link, code = desk.approval, desk.link(), desk.code()
    ask_again(desk, items=["other wording"])
    assert (await desk.press(link, await desk.signs_in("approver"))).status_code == 410
    assert (await desk.open(link)).status_code == 410
    assert await through_the_api(desk, before, "approver") == 409
    typed(desk, code)


async def with_other_wording_than_is_asked_for(desk: Desk) -> None:
    assert await through_the_api(desk, desk.approval, "approver", content_hash="0" * 64) == 409


async def for_another_audience(desk: Desk) -> None:
    before = desk.approval
    ask_again(desk, audience_hash="other people", recipients=("other people",))
    assert await through_the_api(desk, before, "approver") == 409
    assert await through_the_api(desk, desk.approval, "approver", audience_hash=before.audience_hash) == 409


async def for_another_client(desk: Desk) -> None:
    desk.run("UPDATE staff SET clients = ARRAY[gen_random_uuid()] WHERE handle = 'approver'")
    assert (await desk.press(desk.link(), await desk.signs_in("approver"))).status_code == 403
    assert await through_the_api(desk, desk.approval, "approver") == 403
    typed(desk, desk.code())


async def after_the_role_was_taken_away(desk: Desk) -> None:
    link, cookie = desk.link(), await desk.signs_in("approver")
    desk.run("UPDATE staff SET roles = '{}' WHERE handle = 'approver'")
    assert (await desk.press(link, cookie)).status_code == 403
    typed(desk, desk.code())


async def after_the_time_to_decide(desk: Desk) -> None:
    link, cookie, code = desk.link(), await desk.signs_in("approver"), desk.code()
    desk.run("UPDATE approval SET expires_at = clock_timestamp() WHERE subject = 'run'")
    assert (await desk.press(link, cookie)).status_code == 410
    typed(desk, code)


async def twice_by_one_person_where_two_must_agree(desk: Desk) -> None:
    approval = ask_again(desk, risk=RiskClass.TWO_PEOPLE)
    cookie = await desk.signs_in("approver")
    assert (await desk.press(desk.link(), cookie)).status_code == 200
    assert (await desk.press(desk.link(), cookie)).status_code == 409
    typed(desk, desk.code(approval))
    assert desk.api.value("SELECT count(*) FROM decision WHERE channel <> 'command'") == 1
    desk.run(_FORGET_WHAT_THE_LINK_DECIDED)


async def in_the_temporal_ui_with_a_wrong_code(desk: Desk) -> None:
    typed(desk, "23456789ABCD")


async def in_the_temporal_ui_with_a_code_of_another_run(desk: Desk) -> None:
    other = UUID(await desk.api.started(sequence="web_lead", lead={"source": "web_form", "phone": "(303) 555-0177"}))
    plan(desk.api.engine, other)
    code = desk.code()
    typed(desk, code, run_id=other)
    typed(desk, code)


async def in_the_temporal_ui_by_a_chosen_identity(desk: Desk) -> None:
    typed(desk)


async def in_the_temporal_ui_by_a_verified_stranger(desk: Desk) -> None:
    typed(desk, principal="jwt:somebody@example.com")


async def in_the_temporal_ui_with_a_code_of_somebody_else_than_is_verified(desk: Desk) -> None:
    desk.run("UPDATE staff SET principal = 'jwt:two' WHERE handle = 'approver-2'")
    typed(desk, desk.code(to="approver"), principal="jwt:two")


ATTEMPTS: dict[Attempt, list[str]] = {
    by_a_scanner_that_opens_the_link: [],
    by_a_scanner_that_asks_for_the_head_only: [],
    without_a_session: ["no_session"],
    with_a_session_that_has_ended: ["no_session"],
    from_another_site: ["wrong_csrf"],
    by_a_script_that_presses_without_reading: ["no_gesture"],
    by_a_link_that_is_too_old: ["link_expired"],
    by_a_link_that_was_used: ["link_used"],
    by_the_link_of_somebody_else: ["not_their_link"],
    by_whoever_asked_for_it: ["own_request", "own_request"],
    by_whoever_edited_it_last: ["own_edit", "own_edit"],
    after_an_edit: ["superseded", "superseded", "superseded"],
    with_other_wording_than_is_asked_for: ["wording_changed"],
    for_another_audience: ["superseded", "audience_changed"],
    for_another_client: ["other_client", "other_client", "other_client"],
    after_the_role_was_taken_away: ["not_an_approver", "not_an_approver"],
    after_the_time_to_decide: ["expired", "expired"],
    twice_by_one_person_where_two_must_agree: ["second_person", "second_person"],
    in_the_temporal_ui_with_a_wrong_code: ["wrong_code"],
    in_the_temporal_ui_with_a_code_of_another_run: ["wrong_run", "wrong_code"],
    in_the_temporal_ui_by_a_chosen_identity: ["no_verified_identity"],
    in_the_temporal_ui_by_a_verified_stranger: ["unknown_identity"],
    in_the_temporal_ui_with_a_code_of_somebody_else_than_is_verified: ["not_their_code"],
}
"""With the reasons that are recorded; reading is recorded as such."""


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.__name__)
async def test_an_attempt_without_right_leaves_a_record_and_has_no_effect(desk: Desk, attempt: Attempt) -> None:
    await attempt(desk)

    assert desk.refusals == ATTEMPTS[attempt]
    assert desk.is_untouched
    shown = desk.api.value("SELECT count(*) FROM event WHERE kind = 'approval_shown'")
    assert shown or ATTEMPTS[attempt]


async def test_what_was_refused_is_shown_with_its_reason(desk: Desk) -> None:
    await without_a_session(desk)
    await by_the_link_of_somebody_else(desk)
    found = (await desk.api.get(f"/v1/approvals/{desk.approval.id}", by="approver")).json()

    assert [(line["actor"], line["through"], line["refusal"]) for line in found["attempts"]] == [
        ("approver-2", "browser", "not_their_link"),
        ("nobody", "browser", "no_session"),
    ]
    assert "somebody else" in found["attempts"][0]["why"]
