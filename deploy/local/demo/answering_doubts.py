"""What an incident owner does about messages in doubt: looks at the provider's own record, then says what it shows."""

import asyncio
import hashlib
from collections.abc import Mapping

from rich.console import Console

from deploy.local.demo.stories import Story
from deploy.local.office import Office


async def answer_doubts(office: Office, leads: Mapping[str, Story], console: Console) -> None:
    """Answer every doubt that is given to a person, until cancelled.

    Args:
        office: the people.
        leads: the stories by run id; it grows while this runs.
        console: where it is told.
    """
    while True:
        for task in await office.ask("incident-owner", "GET", "/v1/tasks"):
            story = leads.get(task["run_id"] or "")
            if task["kind"] == "message_in_doubt" and story:
                found = await _on_record(office, story)
                answer = {"answer": "was_sent", "provider_message_id": found} if found else {"answer": "not_sent"}
                console.print(f"  [yellow]{story.name}[/]: a person has looked: {answer['answer'].replace('_', ' ')}")
                await office.ask("incident-owner", "POST", f"/v1/messages/{task['message_id']}/resolution", answer)
        await asyncio.sleep(1)


async def _on_record(office: Office, story: Story) -> str | None:
    for standin, address in (("twilio", story.phone), ("ses", story.email)):
        hashed = hashlib.sha256(address.encode()).hexdigest()
        for request in await office.accepted(standin):
            if request["to_sha256"] == hashed and request["operation"] in ("create_message", "send_email"):
                return str(request["provider_id"])
    return None
