"""What an approver does in the Temporal UI: reads the notice, opens the run, types a signal."""

import asyncio
import re

from temporalio.client import Client

from deploy.local.office import Office

APPROVER = "approver@agency.example"
CODE = re.compile(r'^\s+"([A-Z0-9]{12})"\s*$', re.MULTILINE)


class TemporalUi:
    """Sends signals as the UI does: plain JSON, whatever was typed.

    Args:
        client: a client without keys, like the browser's.
        office: to read the approver's mail.
    """

    def __init__(self, client: Client, office: Office) -> None:
        self._client = client
        self._office = office

    async def code_from_mail(self, run_id: str) -> str:
        """Wait for the notice about a run and return the code in it."""
        while True:
            for mail in reversed(await self._office.mails_to(APPROVER)):
                if run_id in mail["text"] and (found := CODE.search(mail["text"])):
                    return found[1]
            await asyncio.sleep(0.3)

    async def type_signal(self, run_id: str, name: str, *inputs: object) -> None:
        """Send a signal with the given inputs."""
        await self._client.get_workflow_handle(f"outreach/{run_id}").signal(name, args=list(inputs))
