"""The provider has the message, or not, and its answer is lost: the outcome is found out, and never sent again blindly."""

from collections.abc import Sequence

from tests.faults.scenario import scenario
from tests.faults.trial import Trial
from tests.stack.scene import Lead

SPOILED = ("accept_then_reset", "half_answer", "error_after", "garbage")


@scenario(
    "F16",
    "The provider accepts a text and then says nothing.",
    "one request; told by callback, or found in the provider's list",
)
async def accepts_and_says_nothing(trial: Trial) -> None:
    told, untold = trial.leads(6), trial.leads(6)
    for lead in (*told, *untold):
        await trial.inject(lead, "accept_then_hang", seconds=4)
    await _without_callbacks(trial, untold)
    await trial.start(*told, *untold)
    await _found(trial, told, {"callback", "list"})
    await _found(trial, untold, {"list"})


@scenario(
    "F17",
    "The provider accepts, then resets, breaks off, answers 500 or nonsense.",
    "one request; told by callback or event, or found in the provider's list",
)
async def accepts_and_breaks_off(trial: Trial) -> None:
    told, untold, mailed = trial.leads(8), trial.leads(8), trial.leads(8, "faults_mail")
    for leads in (told, untold, mailed):
        for number, lead in enumerate(leads):
            await trial.inject(lead, SPOILED[number % len(SPOILED)])
    await _without_callbacks(trial, untold)
    await trial.start(*told, *untold, *mailed)
    await _found(trial, told, {"callback", "list"})
    await _found(trial, untold, {"list"})
    await _found(trial, mailed, {"callback"})


@scenario(
    "F18",
    "The provider answers 500, or resets, before it has accepted.",
    "one request; a person is asked, nothing is sent again",
)
async def fails_before_it_accepts(trial: Trial) -> None:
    leads = trial.leads(8) + trial.leads(4, "faults_mail")
    for number, lead in enumerate(leads):
        await trial.inject(lead, ("error_before", "reset_before")[number % 2])
    await trial.start(*leads)
    for message in await trial.settled(*leads):
        trial.expect("the message is", message.state, "escalated")
        trial.expect("tasks about it", list(message.open_tasks), ["message_in_doubt"])
        trial.expect("requests and acceptances", (len(trial.calls(message)), trial.acceptances(message)), (1, 0))


async def _without_callbacks(trial: Trial, leads: Sequence[Lead]) -> None:
    for lead in leads:
        await trial.inject(lead, "callbacks_dropped", times=None)


async def _found(trial: Trial, leads: Sequence[Lead], sources: set[str]) -> None:
    for message in await trial.settled(*leads):
        trial.expect("the message is", message.state, "accepted")
        trial.expect(f"it was found out by one of {sorted(sources)}", message.accepted_by in sources, True)
        trial.expect("requests and acceptances", (len(trial.calls(message)), trial.acceptances(message)), (1, 1))
