"""Names, numbers, addresses, wording and codes are found in no history, log or trace of a whole stack."""

import re

import pytest

from deploy.local.demo.typing_in_ui import APPROVER, CODE
from tests.stack.personal_data import files, forms, found, histories
from tests.stack.scene import Lead, Scene, until

pytestmark = pytest.mark.timeout(120)

REPLY = "The zebra in my gutter is still there, come on Tuesday"
ANSWERS = Lead("Wilhelmina", "+16285550141", "stack_answered", last_name="Quixworthy", service_type="a mauve samovar")
STOPS = Lead("Thelonius", "+17205550142", "stack_answered", last_name="Bramblesnap", service_type="a viridian churn")
SILENT = Lead("Perpetua", "+19165550143", "stack_text_then_mail", last_name="Oxenfree", service_type="an ochre loom")
APPROVED = Lead("Ignatius", "+15035550144", "stack_approved", last_name="Vanderquill", service_type="an azure kiln")
REFUSED = Lead("Clementine", "+16025550182", "stack_text", last_name="Hobblethwaite", service_type="a teal anvil")
LEADS = (ANSWERS, STOPS, SILENT, APPROVED, REFUSED)


@pytest.fixture(scope="module")
async def secrets(scene: Scene) -> set[str]:
    """What five leads have told, been told and been approved with, once their runs have ended."""
    office = scene.office
    run_ids = {lead: await office.start(lead.order()) for lead in LEADS}

    async def sent(lead: Lead) -> bool:
        messages = (await office.run(run_ids[lead]))["messages"]
        return any(message["state"] == "accepted" for message in messages if message["step"] == "text")

    async def noticed() -> bool:
        return any(run_ids[APPROVED] in mail["text"] for mail in await office.mails_to(APPROVER))

    await until(lambda: sent(ANSWERS))
    await until(lambda: sent(STOPS))
    assert await office.reply(ANSWERS.phone, REPLY) == 200
    assert await office.reply(STOPS.phone, "STOP") == 200
    await until(noticed)
    approval = await office.waiting_approval(run_ids[APPROVED])
    assert approval
    spare = await office.ask("approver", "POST", f"/v1/approvals/{approval['id']}/codes")
    await office.decide(approval, "approve", "read in full")
    await until(lambda: sent(APPROVED))
    assert await office.reply(APPROVED.phone, f"{REPLY}, says {APPROVED.last_name}") == 200
    runs = await scene.until_closed(list(run_ids.values()))
    assert [run["outcome"] for run in runs] == ["replied", "opted_out", "no_response", "replied", "opted_out"]
    notices = [mail["text"] for mail in await office.mails_to(APPROVER) if run_ids[APPROVED] in mail["text"]]
    codes = {code for text in notices for code in CODE.findall(text)} | {spare["code"]}
    wording = scene.rows(
        "SELECT body FROM message WHERE audience = 'contact' AND run_id = ANY(%s::uuid[])", [*run_ids.values()]
    )
    assert (len(codes), len(wording)) == (2, 9)
    sentences = {
        sentence for (body,) in wording for sentence in re.split(r"(?<=[.?!,])\s+", body) if len(sentence) > 12
    }
    return {*(form for lead in LEADS for form in forms(lead)), REPLY, *codes, *sentences}


def test_the_search_finds_what_it_is_for() -> None:
    line = '{"to": "+16285550141", "url": "?email=wilhelmina%40example.com", "wrote": "QUIXWORTHY, (628) 555-0141"}'
    assert len(found({"logs/api.log": line.lower()}, forms(ANSWERS))) == 6


async def test_no_history_holds_a_name_a_number_an_address_a_text_or_a_code(scene: Scene, secrets: set[str]) -> None:
    shown = await histories(scene)
    assert len(shown) >= len(LEADS)
    assert all("**ended: " in text for text in shown.values()), "the search would find nothing in what is encrypted"
    assert found(shown, secrets) == []


async def test_no_log_or_trace_holds_a_name_a_number_an_address_a_text_or_a_code(
    scene: Scene, secrets: set[str]
) -> None:
    kept = files(scene.stack.state)
    assert {"logs/worker.log", "logs/api.log", "logs/relay.log", "logs/postgres.log"} <= kept.keys()
    assert found(kept, secrets) == []
