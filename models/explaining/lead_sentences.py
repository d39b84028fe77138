"""What became of a lead, in a sentence or two. Pure."""

from models.explaining.known import RunKnown
from models.explaining.phrases import Row, at, words
from models.explaining.run_sentences import run_answer


def lead_answer(lead: Row, runs: list[RunKnown]) -> str:
    """Return where a lead came from and how its newest run stands."""
    came = f"It came by {words(lead['source'])} and is here since {at(lead['received_at'])}."
    if not runs:
        return f"{came} No sequence was started for it."
    newest = runs[-1]
    stands = run_answer(newest).removeprefix("It ")
    number = f"The newest of its {len(runs)} runs" if len(runs) > 1 else "Its run"
    return f"{came} {number}, {newest.row['sequence']}, {stands}"
