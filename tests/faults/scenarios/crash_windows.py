"""`kill -9` of a worker at each of the eight moments of a send: by failpoints, and without any by what is seen on the wire."""

import time
from dataclasses import dataclass
from functools import partial

from tests.faults.scenario import Kind, scenario
from tests.faults.traps import Fate, Way
from tests.faults.trial import Trial
from tests.stack.scene import Lead

VICTIM = "worker-2"


@dataclass(frozen=True)
class Window:
    """One moment, how it shows on the wire, and what must come of it."""

    point: str
    dies: str
    wire: str
    """Whose connection shows the moment."""
    way: Way
    asked: str
    state: str = "accepted"
    sent: int = 1
    """Requests that the provider has received and accepted, at the end of all."""
    answer_recorded: bool = True
    let_through: int = 0

    @property
    def expects(self) -> str:
        if not self.sent:
            return "nothing was sent; a person is asked, nothing is sent again"
        return "sent once" if self.answer_recorded else "sent once; told by callback or list, not sent again"


WINDOWS = (
    Window("C1", "before it claims", "postgres", Way.TO_SERVER, r"WHERE m\.run_id = \S+ AND m\.step"),
    Window("C2", "inside the claim, before its commit", "postgres", Way.TO_SERVER, r"INTO claim_log.*\nCOMMIT$"),
    Window("C3", "after the claim, before it calls", "twilio", Way.TO_SERVER, "^POST", "escalated", 0, False),
    Window("C4", "in the middle of its request", "twilio", Way.TO_SERVER, "^POST", "escalated", 0, False, let_through=80),
    Window("C5", "after the provider accepted, before it reads the answer", "twilio", Way.TO_CLIENT, "^POST",
           answer_recorded=False),
    Window("C6", "after it has read the answer, before it records it", "postgres", Way.TO_SERVER,
           r"INTO evidence[^\n]*answer", answer_recorded=False),
    Window("C7", "while it records the answer, before the commit", "postgres", Way.TO_SERVER,
           r"INTO evidence[^\n]*answer.*\nCOMMIT$", answer_recorded=False),
    Window("C8", "after the answer is recorded, before the workflow hears of it", "postgres", Way.TO_CLIENT,
           r"INTO evidence[^\n]*answer.*\nCOMMIT$"),
)  # fmt: skip


async def dies_at_a_failpoint(window: Window, trial: Trial) -> None:
    async with trial.alone(without={VICTIM}):
        await trial.arm(VICTIM, **{window.point: 1})
        lead = await trial.send_until_dead(VICTIM)
        await trial.recovered("worker", since=time.monotonic())
    await _ends_as_it_must(window, trial, lead)


async def dies_at_what_the_wire_shows(window: Window, trial: Trial) -> None:
    async with trial.alone():
        trap = trial.trap(
            f"{VICTIM}/{window.wire}", f"hold what shows {window.point}", window.way, window.asked,
            let_through=window.let_through,
        )  # fmt: skip
        lead = await trial.send_until_caught(trap)
        killed = await trial.kill(VICTIM)
        trap.decide(Fate.CUT)
        await trial.recovered("worker", since=killed)
    await _ends_as_it_must(window, trial, lead)


_ANSWER_RECORDED = """
    SELECT count(*) > 0 FROM evidence WHERE message_id::text = %s AND source = 'answer' AND kind = 'accepted'
"""


async def _ends_as_it_must(window: Window, trial: Trial, lead: Lead) -> None:
    (message,) = await trial.settled(lead)
    trial.expect("the message is", message.state, window.state)
    trial.expect("requests that the provider received", len(trial.calls(lead)), window.sent)
    if window.answer_recorded:  # a callback may settle the message a moment before
        await trial.until("the answer is recorded", _ANSWER_RECORDED, message.id)
    else:
        trial.expect("the answer was recorded", "answer accepted" in message.evidence, False)
    if window.state == "escalated":
        trial.expect("tasks about it", list(message.open_tasks), ["message_in_doubt"])


for number, window in enumerate(WINDOWS, 1):
    sentence = f"kill -9 of a worker {window.dies}"
    scenario(f"F{number:02}", f"{sentence} ({window.point}).", window.expects, Kind.ROUGH)(
        partial(dies_at_a_failpoint, window)
    )
    scenario(f"F{number:02}w", f"{sentence}, seen on the wire.", window.expects, Kind.ROUGH)(
        partial(dies_at_what_the_wire_shows, window)
    )
