"""The leads of the demonstration: who they are, what goes wrong, what they do. Numbers and addresses are fictitious."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from deploy.local.demo.typing_in_ui import TemporalUi
from deploy.local.office import Office

CLIENT = {
    "key": "acme-plumbing",
    "name": "Acme Plumbing",
    "time_zone": "America/Denver",
    "phone": "+13035550100",
    "postal_address": "12 Canal Street, Denver, CO 80202",
}
Act = Callable[[Office, TemporalUi, str, str], Coroutine[Any, Any, None]]
"""What happens after the start: given the office, the UI, the run's id and the lead's phone."""


@dataclass(frozen=True)
class Story:
    """One lead."""

    name: str
    tells: str
    phone: str
    ends: str
    sequence: str = "demo_missed_call"
    source: str = "missed_call"
    act: Act | None = None
    fault: dict[str, Any] | None = None
    """A fault rule for the SMS provider, addressed at this lead."""
    standin: str = "twilio"
    tags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Kinds of events that the timeline must hold at the end."""

    @property
    def email(self) -> str:
        """The lead's fictitious mailbox."""
        return f"{self.name.lower()}@example.com"

    def order(self) -> dict[str, Any]:
        """Return the body of the start request."""
        return {
            "client": CLIENT["key"],
            "sequence": self.sequence,
            "lead": {
                "source": self.source,
                "source_lead_id": f"demo-{self.name.lower()}",
                "first_name": self.name,
                "phone": self.phone,
                "email": self.email,
                "postal_code": "80202",
                "service_type": "a leaking tap",
            },
            "consent": [
                {"channel": "email", "kind": "conversational", "source": "web_form", "evidence": f"form/{self.name}"}
            ],
        }


async def _sent(office: Office, run_id: str, step: str = "answer") -> bool:
    """Wait until the message of a step was accepted by its provider; False if the run has ended without it."""
    while True:
        run = await office.run(run_id)
        if any(m["step"] == step and m["state"] == "accepted" for m in run["messages"]):
            return True
        if run["state"] == "closed":
            return False
        await asyncio.sleep(0.3)


def says(text: str) -> Act:
    """The lead answers by text message once the first one has arrived."""

    async def act(office: Office, _: TemporalUi, run_id: str, phone: str) -> None:
        if await _sent(office, run_id):
            await office.reply(phone, text)

    return act


async def _approved_in_ui(office: Office, ui: TemporalUi, run_id: str, phone: str) -> None:
    code = await ui.code_from_mail(run_id)
    await ui.type_signal(run_id, "approve", "WRONG-CODE-12")
    await ui.type_signal(run_id, "approve", code)
    await says("Yes please, tomorrow morning works")(office, ui, run_id, phone)


async def _rejected(office: Office, _: TemporalUi, run_id: str, phone: str) -> None:
    while (approval := await office.waiting_approval(run_id)) is None:
        await asyncio.sleep(0.3)
    await office.decide(approval, "reject", "too pushy for this client")


async def _paused(office: Office, ui: TemporalUi, run_id: str, phone: str) -> None:
    if not await _sent(office, run_id):
        return
    await ui.type_signal(run_id, "pause")
    await asyncio.sleep(9)
    await ui.type_signal(run_id, "resume")


def _fault(name: str, **params: Any) -> dict[str, Any]:
    return {"fault": name, "params": params}


STORIES = (
    Story("Ana", "answers the text", "+13035550101", "replied", act=says("Yes, can you come on Tuesday?"), needs=("handed_over",)),
    Story("Ben", "says STOP", "+13035550102", "opted_out", act=says("STOP")),
    Story("Cora", "stays silent: text, then email", "+13035550103", "no_response"),
    Story("Dan", "has a landline: email instead", "+13035550193", "no_response"),
    Story(
        "Eve", "the provider accepts, then hangs", "+13035550105", "no_response",
        fault=_fault("accept_then_hang", seconds=20),
    ),
    Story(
        "Finn", "the provider accepts, answers 500, reports nothing", "+13035550106", "no_response",
        fault=_fault("error_after"), tags=("callbacks_dropped",),
    ),
    Story(
        "Gia", "needs approval; given in the Temporal UI", "+13035550107", "replied", sequence="demo_web_lead",
        source="web_form", act=_approved_in_ui, needs=("approval_refused", "handed_over"),
    ),
    Story(
        "Hal", "needs approval; the wording is rejected", "+13035550108", "not_approved", sequence="demo_web_lead",
        source="web_form", act=_rejected, needs=("approval_decided",),
    ),
    Story("Ivy", "gave no written consent for an offer", "+13035550109", "no_consent", sequence="demo_offer",
          source="import"),
    Story("Jon", "is paused and resumed in the Temporal UI", "+13035550110", "no_response", act=_paused,
          needs=("paused", "message_held", "resumed")),
    Story("Kim", "the provider asks to wait (429)", "+13035550111", "no_response",
          fault=_fault("rate_limit", retry_after=1)),
    Story("Lea", "answers; is taken back afterwards, see below", "+13035550112", "replied",
          act=says("How much would that be?"), needs=("handed_over",)),
)  # fmt: skip
