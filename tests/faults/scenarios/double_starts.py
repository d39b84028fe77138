"""The same lead is posted twice, by starters that do not know of each other."""

import asyncio

from tests.faults.ledger import Standing
from tests.faults.scenario import scenario
from tests.faults.trial import Trial, Unexpected
from tests.stack.scene import Lead

DECIDED_WITHIN = 20.0


@scenario(
    "F38",
    "Two starters post the same lead under different keys.",
    "one run sends one text; both starters are told of it",
)
async def is_posted_twice(trial: Trial) -> None:
    leads = trial.leads(6)
    named = await asyncio.gather(*(_posted_by_two_forms(trial, lead) for lead in leads))
    trial.expect("runs that the two were told of", [len(runs) for runs in named], [1] * len(leads))
    messages = await trial.settled(*leads, states={"accepted"})
    for lead, message in zip(leads, messages, strict=True):
        trial.expect("tasks about it", list(message.open_tasks), [])
        trial.expect("requests and acceptances", (len(trial.calls(lead)), trial.acceptances(lead)), (1, 1))


@scenario(
    "F38b", "Two starters post the same lead for two purposes whose texts are the same.",
    "one text is sent; the other waits for a person",
)  # fmt: skip
async def is_posted_for_two_purposes(trial: Trial) -> None:
    leads = trial.leads(6)
    await asyncio.gather(*(_posted_by_two_forms(trial, lead, "faults_other") for lead in leads))
    for lead in leads:
        held, sent = await _both_decided(trial, lead)
        trial.expect("the first of them", sent.state, "accepted")
        trial.expect("the other", (held.state, held.reason), ("ready", "possible_duplicate"))
        trial.expect("tasks about the other", list(held.open_tasks), ["possible_duplicate"])
        trial.expect("requests and acceptances", (len(trial.calls(lead)), trial.acceptances(lead)), (1, 1))


async def _posted_by_two_forms(trial: Trial, lead: Lead, other_sequence: str | None = None) -> set[str]:
    """Post a lead twice; return the runs that were named in the answers."""
    order = lead.order()
    other_form = order | {"lead": order["lead"] | {"source": "web_form", "source_lead_id": f"form-{lead.name}"}}
    other_form["sequence"] = other_sequence or order["sequence"]
    trial.addresses.append(lead.phone)
    runs = await asyncio.gather(trial.rig.office.start(order), trial.rig.office.start(other_form))
    trial.injected("lead posted twice")
    return set(runs)


async def _both_decided(trial: Trial, lead: Lead) -> list[Standing]:
    """Return how both messages stand, the held one first."""
    for _ in range(int(DECIDED_WITHIN / 0.2)):
        both = (await trial.rig.ledger.standings([lead.phone]))[lead.phone]
        if len(both) == 2 and all(one.state == "accepted" or one.reason for one in both):
            return sorted(both, key=lambda one: one.state == "accepted")
        await asyncio.sleep(0.2)
    raise Unexpected(f"expected two messages to be decided on within {DECIDED_WITHIN:.0f} s, saw {both}")
