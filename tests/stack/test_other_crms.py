"""The CRMs that the stack does not have: chosen by settings, told of a lead that replied, and of its run's rollback."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.activities.other_ends import SECRET, SalesforceEnd, WebHookEnd, other_end
from tests.stack.scene import Lead, Scene, until

LEADS = {
    "salesforce": Lead("Orla", "+13035550171", "stack_answered"),
    "web_hook": Lead("Orson", "+13035550172", "stack_answered"),
}


def _chosen(end: SalesforceEnd | WebHookEnd) -> Mapping[str, str]:
    if isinstance(end, SalesforceEnd):
        own = {"PROVIDER": "salesforce", "CLIENT_ID": "local-client", "CLIENT_SECRET": "the-secret"}
    else:
        own = {"PROVIDER": "web_hook", "SIGNING_SECRETS": json.dumps([SECRET]), "PERMITS_LOOPBACK": "true"}
    own["INBOUND_SECRETS"] = "[]"  # the stack's own is of HubSpot
    own["BASE_URL"] = end.program.base_url + ("/leads" if isinstance(end, WebHookEnd) else "")
    return {f"COMMS_CRM__{name}": value for name, value in own.items()}


@pytest.mark.parametrize("name", LEADS)
async def test_a_lead_that_replies_is_handed_over_and_taken_back(scene: Scene, name: str, tmp_path: Path) -> None:
    lead = LEADS[name]
    async with other_end(name, tmp_path) as end, scene.with_own_settings("worker", _chosen(end)):
        run_id = await scene.office.start(lead.order())

        async def is_sent() -> bool:
            query = "SELECT 1 FROM message WHERE address = %s AND state = 'accepted'"
            return bool(await asyncio.to_thread(scene.rows, query, lead.phone))

        await until(is_sent, 60)
        await scene.office.reply(lead.phone, "Yes, please call me")
        [run] = await scene.until_closed([run_id])
        [(key,)] = scene.rows("SELECT lead_id::text FROM run WHERE id = %s", run_id)
        assert run["outcome"] == "replied"
        assert await end.standing(key) == ["live"]

        await scene.office.roll_back(run_id, "entered by mistake")

        async def is_void() -> bool:
            return bool(await end.standing(key) == ["void"])

        await until(is_void, 30)
