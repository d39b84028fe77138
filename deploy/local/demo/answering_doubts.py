"""What an incident owner does about messages in doubt: looks at the provider's own record, then says what it shows."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import httpx
from rich.console import Console

from deploy.local.demo.typing_in_ui import APPROVER
from deploy.local.office import Office
from models.notices import APPROVAL_NOTICE_STEP

RECORDS = {"sms": ("twilio", "create_message"), "email": ("ses", "send_email")}
"""Who has the record of a channel, and how it calls a sending request."""


class Contact(Protocol):
    """Somebody who is written to, as the incident owner knows them."""

    @property
    def name(self) -> str:
        """Their first name."""

    @property
    def phone(self) -> str:
        """Their number, E.164."""

    @property
    def email(self) -> str:
        """Their mailbox."""


@dataclass(frozen=True)
class Person:
    """Somebody to whom a run writes."""

    name: str
    email: str
    phone: str = ""


People = dict[str, Contact]
"""Whom a run writes to, by the run's id."""


async def answer_doubts(office: Office, leads: Mapping[str, Contact], console: Console) -> None:
    """Answer every doubt that is given to a person, until cancelled.

    Args:
        office: the people.
        leads: whom a run writes to, by its id; it grows while this runs.
        console: where it is told.
    """
    while True:
        for task in await office.ask("incident-owner", "GET", "/v1/tasks"):
            lead = leads.get(task["run_id"] or "")
            if task["kind"] == "message_in_doubt" and lead:
                found = await _on_record(office, lead, task["run_id"], task["message_id"])
                answer = {"answer": "was_sent", "provider_message_id": found} if found else {"answer": "not_sent"}
                console.print(f"  [yellow]{lead.name}[/]: a person has looked: {answer['answer'].replace('_', ' ')}")
                await _answer(office, task["message_id"], answer)
        await asyncio.sleep(1)


async def _answer(office: Office, message_id: str, answer: Mapping[str, str]) -> None:
    try:
        await office.ask("incident-owner", "POST", f"/v1/messages/{message_id}/resolution", answer)
    except httpx.HTTPStatusError as refused:
        if refused.response.status_code != HTTPStatus.CONFLICT:  # late news of the provider has resolved it meanwhile
            raise


async def _on_record(office: Office, lead: Contact, run_id: str, message_id: str) -> str | None:
    """Return the provider's id of what it accepted for this message and no other, if it did."""
    messages: list[dict[str, Any]] = (await office.run(run_id))["messages"]
    doubted = next(message for message in messages if message["id"] == message_id)
    if doubted["step"] == APPROVAL_NOTICE_STEP:
        mails = await office.mails_to(APPROVER)
        return next((str(mail["message_id"]) for mail in mails if run_id in mail["text"]), None)
    others = {message["provider_message_id"] for message in messages}
    standin, operation = RECORDS[doubted["channel"]]
    hashed = hashlib.sha256((lead.phone if standin == "twilio" else lead.email).encode()).hexdigest()
    for request in await office.accepted(standin):
        is_about = request["to_sha256"] == hashed and request["operation"] == operation
        if is_about and request["provider_id"] not in others:
            return str(request["provider_id"])
    return None
