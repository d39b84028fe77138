"""The Temporal UI alone is enough to approve, pause, resume and stop a run, and to read what it waits for."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from deploy.local.demo.typing_in_ui import APPROVER, CODE
from tests.stack.browser import Browser
from tests.stack.chromium import chromium, keep_picture
from tests.stack.scene import Lead, Scene, kinds, until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def browser(scene: Scene) -> AsyncIterator[Browser]:
    async with Browser(scene.stack.urls["temporal-ui"], "approver", scene.password_of("approver")) as opened:
        yield opened


async def test_a_run_is_approved_paused_resumed_and_stopped_in_the_ui(scene: Scene, browser: Browser) -> None:
    run_id, code = await _awaiting_approval(scene, Lead("Typed", "+14045550151", "stack_approved"))
    workflow = f"outreach/{run_id}"

    async def shows(**expected: object) -> None:
        async def is_shown() -> bool:
            shown = await browser.attributes(workflow)
            return all(shown.get(name) == value for name, value in expected.items())

        await until(is_shown)

    await shows(State="awaiting_approval", Kind="outreach", Owner="sales-ops", BlockedBy=None)
    assert _words_in(await browser.details(workflow), "Waiting for approval of the wording. Nothing is sent before it.")
    assert workflow in await browser.listed('State = "awaiting_approval" AND Owner = "sales-ops"')
    (client_id,) = scene.rows("SELECT client_id::text FROM run WHERE id = %s", run_id)[0]
    assert (await browser.attributes(workflow))["ClientId"] == client_id

    await browser.signal(workflow, "pause")
    await browser.signal(workflow, "approve", code)
    await shows(State="held", BlockedBy="paused", Channel="sms")
    assert _words_in(await browser.details(workflow), "Step text is held", "paused")

    await browser.signal(workflow, "resume", "")
    await shows(State="awaiting_reply", BlockedBy=None)
    assert _words_in(await browser.details(workflow), "Step text was sent", "Waiting", "reply")

    await browser.signal(workflow, "stop", None)
    (run,) = await scene.until_closed([run_id])
    await shows(State="closed")
    assert _words_in(await browser.details(workflow), "Ended: stopped.")
    assert (run["outcome"], run["approval"]["decided_through"]) == ("stopped", "temporal_ui")
    typed = [event["kind"] for event in run["timeline"] if event["source"] == "temporal_ui"]
    assert sorted(typed) == ["approval_decided", "paused", "resumed", "stop_requested"]


async def test_what_is_typed_wrongly_in_the_ui_is_recorded_and_does_no_harm(scene: Scene, browser: Browser) -> None:
    run_id, code = await _awaiting_approval(scene, Lead("Mistyped", "+14045550152", "stack_approved"))
    workflow = f"outreach/{run_id}"
    await browser.signal(workflow, "approve")
    await browser.signal(workflow, "approve", None)
    await browser.signal(workflow, "approve", "WRONG-CODE-12")
    await browser.signal(workflow, "approve", code, code)
    await browser.signal(workflow, "approve", {"approved": True})
    await browser.signal(workflow, "aprove", code)
    await browser.signal(workflow, "stop", "please", "now")
    await browser.signal(workflow, "nudge", [1, 2], {"three": 4})

    async def all_recorded() -> bool:
        told = kinds(await scene.office.run(run_id))
        return (
            told.count("approval_refused") >= 1 and told.count("approval_refused") + told.count("signal_refused") >= 7
        )

    await until(all_recorded)
    assert (await browser.attributes(workflow))["State"] == "awaiting_approval"
    assert _words_in(await browser.details(workflow), "Waiting for approval")

    approval = await scene.office.waiting_approval(run_id)
    assert approval
    fresh = await scene.office.ask("approver", "POST", f"/v1/approvals/{approval['id']}/codes")
    await browser.signal(workflow, "reject", fresh["code"], encoded=True)
    (run,) = await scene.until_closed([run_id])
    assert run["outcome"] == "not_approved"


def _words_in(details: str, *wanted: str) -> bool:
    """Whether what is in bold, which says what the run does now, holds all of this."""
    bold = " ".join(details.split("**")[1::2])
    return all(words in bold for words in wanted)


async def _awaiting_approval(scene: Scene, lead: Lead) -> tuple[str, str]:
    """Start a run; return its id and the code that the approver is sent."""
    run_id = await scene.office.start(lead.order())
    codes: list[str] = []

    async def has_come() -> bool:
        mails = [mail["text"] for mail in await scene.office.mails_to(APPROVER) if run_id in mail["text"]]
        codes.extend(found[1] for text in mails if (found := CODE.search(text)))
        return bool(codes)

    await until(has_come)
    return run_id, codes[0]


@pytest.mark.timeout(240)
async def test_the_ui_shows_readable_payloads_to_who_is_signed_in_and_to_nobody_else(scene: Scene) -> None:
    run_id, _ = await _awaiting_approval(scene, Lead("Watched", "+14045550153", "stack_approved"))
    ui, sign_in = scene.stack.urls["temporal-ui"], f"{scene.stack.urls['api']}/sign-in"
    run = f"{ui}/namespaces/default/workflows/{quote(f'outreach/{run_id}', safe='')}"
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(60_000)
        refused = []
        page.on("response", lambda answer: refused.append(answer.status) if "/codec/" in answer.url else None)
        async with page.expect_response(lambda answer: "/codec/decode" in answer.url):
            await page.goto(run)
        await page.get_by_text("OutreachSequence").first.wait_for()
        assert set(refused) == {401}
        assert '"run_id"' not in await page.inner_text("body")

        await page.goto(sign_in)
        await page.fill("input[name=handle]", "approver")
        await page.fill("input[name=password]", scene.password_of("approver"))
        await page.press("input[name=password]", "Enter")
        await page.wait_for_url("**/console")
        await page.goto(run)
        await page.get_by_text('"run_id"').first.wait_for()
        await keep_picture(page, "temporal-ui-waiting-run")
        await page.get_by_text("User Metadata").first.click()
        details = page.frame_locator("iframe[src*='Waiting%20for%20approval']")
        await details.get_by_text("Waiting for approval of the wording").wait_for()
        await keep_picture(page, "temporal-ui-waits-for")
    shown = "SELECT sum((facts ->> 'payloads')::int) FROM event WHERE kind = 'payloads_shown' AND actor = 'approver'"
    assert scene.rows(shown)[0][0] > 0
