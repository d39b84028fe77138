"""Leads answer an email on a whole stack: through the SNS action, through the S3 action, with spam, with a virus."""

from typing import Any

import httpx
import pytest

from tests.stack.scene import Lead, Run, Scene, kinds, until

pytestmark = pytest.mark.timeout(120)

QUOTED = "\n\nOn Mon, Nov 16, 2026 Stack Plumbing <desk@example.com> wrote:\n> Reply STOP to unsubscribe\n"
ASKS = Lead("Araminta", "+13035550151", "stack_mail_answered")
STORED = Lead("Bartholomew", "+13035550152", "stack_mail_answered")
STOPS = Lead("Cornelia", "+13035550153", "stack_mail_answered")
SPAMMED = Lead("Dorothea", "+13035550154", "stack_mail_answered")
INFECTED = Lead("Ebenezer", "+13035550155", "stack_mail_answered")
LARGE = "Please come tomorrow." + QUOTED
ANSWERS: dict[Lead, dict[str, Any]] = {
    ASKS: {"text": f"How much is it?{QUOTED}"},
    STORED: {"text": LARGE, "html": f"<p>Please come tomorrow.</p><!-- {'x' * 1_200_000} -->", "stored": True},
    STOPS: {"text": f"Please take me off your list{QUOTED}", "stored": True},
    SPAMMED: {"text": "Yes, please come", "verdicts": {"spamVerdict": "FAIL"}, "stored": True},
    INFECTED: {"text": "See the attachment", "verdicts": {"virusVerdict": "FAIL"}, "stored": True},
}
ENDS = {ASKS: "replied", STORED: "replied", STOPS: "opted_out", SPAMMED: "no_response", INFECTED: "no_response"}


async def _answered(scene: Scene, lead: Lead, how: dict[str, Any]) -> str:
    """Start a run, and answer its email as soon as the provider has it."""
    run_id = await scene.office.start(lead.order())

    async def has_it() -> bool:
        return bool(await scene.office.mails_to(lead.email))

    await until(has_it, 40)
    [mail] = await scene.office.mails_to(lead.email)
    order = how | {"message_id": mail["message_id"]}
    async with httpx.AsyncClient(base_url=scene.stack.urls["ses"]) as http:
        (await http.post("/_standin/inbound", json=order)).raise_for_status()
    return run_id


@pytest.fixture(scope="module")
async def ended(scene: Scene) -> dict[Lead, Run]:
    run_ids = {lead: await _answered(scene, lead, how) for lead, how in ANSWERS.items()}
    return dict(zip(run_ids, await scene.until_closed([*run_ids.values()]), strict=True))


@pytest.mark.parametrize("lead", ANSWERS, ids=lambda lead: lead.first_name)
def test_a_run_ends_as_its_answer_asks(ended: dict[Lead, Run], lead: Lead) -> None:
    assert ended[lead]["outcome"] == ENDS[lead], kinds(ended[lead])


def test_of_a_mail_that_is_larger_than_is_read_the_text_is_read(scene: Scene, ended: dict[Lead, Run]) -> None:
    [(body, label)] = scene.rows("SELECT body, label FROM reply WHERE run_id = %s", ended[STORED]["id"])

    assert (body, label) == ("Please come tomorrow.", "booking")


def test_spam_waits_for_a_person_and_a_virus_is_dropped_with_a_record(scene: Scene, ended: dict[Lead, Run]) -> None:
    tasks = scene.rows("SELECT evidence ->> 'inbox' FROM owner_task WHERE kind = 'inbound_mail_unmatched'")
    dropped = scene.rows("SELECT reason FROM event WHERE kind = 'mail_ignored' AND reason = 'virus'")

    assert len(tasks) == 1
    assert dropped == [("virus",)]
    assert (
        scene.rows("SELECT 1 FROM reply WHERE run_id = ANY(%s::uuid[])", [ended[SPAMMED]["id"], ended[INFECTED]["id"]])
        == []
    )
