"""On the live stack, with HTTP alone: from the link in the notice to the decision, past everybody who may not decide."""

import json
import re

import httpx
import pytest

from deploy.local.demo.typing_in_ui import APPROVER
from tests.stack.scene import Lead, Scene, kinds, until

pytestmark = pytest.mark.timeout(120)
LINK = re.compile(r"^  (http\S+/a/\S+)$", re.MULTILINE)
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


async def test_the_link_in_the_notice_leads_one_signed_in_approver_to_one_decision(scene: Scene) -> None:
    run_id = await scene.office.start(Lead("Linked", "+14045550153", "stack_approved").order())
    links: list[str] = []

    async def has_come() -> bool:
        mails = [mail["text"] for mail in await scene.office.mails_to(APPROVER) if run_id in mail["text"]]
        links.extend(found[1] for text in mails if (found := LINK.search(text)))
        return bool(links)

    await until(has_come)
    link = httpx.URL(links[0])
    yes = {"decision": "approve", "have_read": "yes"}
    passwords = json.loads(scene.stack.site.passwords.read_text())
    async with httpx.AsyncClient(base_url=scene.stack.urls["api"]) as scanner:
        assert "Linked" in (await scanner.get(link.path)).text
        assert (await scanner.head(link.path)).status_code == 200
        assert (await scanner.post(link.path, data=yes)).status_code == 401
        signed_in = {"handle": "approver-2", "password": passwords["approver-2"], "onward": link.path}
        assert (await scanner.post("/sign-in", data=signed_in)).status_code == 303
        other = CSRF.search((await scanner.get(link.path)).text)
        assert other
        assert (await scanner.post(link.path, data=yes | {"csrf": other[1]})).status_code == 403
    assert (await scene.office.run(run_id))["approval"]["state"] == "waiting"

    async with httpx.AsyncClient(base_url=scene.stack.urls["api"], follow_redirects=True) as phone:
        signed_in = {"handle": "approver", "password": passwords["approver"], "onward": link.path}
        shown = await phone.post("/sign-in", data=signed_in)
        csrf = CSRF.search(shown.text)
        assert csrf
        assert (await phone.post(link.path, data=yes)).status_code == 403
        assert "Your yes is recorded" in (await phone.post(link.path, data=yes | {"csrf": csrf[1]})).text
        assert (await phone.post(link.path, data=yes | {"csrf": csrf[1]})).status_code == 410
    await scene.office.ask("incident-owner", "POST", f"/v1/runs/{run_id}/stop", {"reason": "seen enough"})
    (run,) = await scene.until_closed([run_id])

    assert (run["approval"]["decided_by"], run["approval"]["decided_through"]) == ("approver", "web_link")
    assert kinds(run).count("approval_refused") == 4
