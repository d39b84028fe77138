"""`python -m tests.replies`: prints how well the rules read both halves; `--misread` lists those of the tuning half."""

import sys
from collections.abc import Sequence

from tests.replies.labelled import HELD_OUT, LANGUAGES, REVOKING, TUNING, Labelled


def score(replies: Sequence[Labelled]) -> str:
    """Return one line of figures."""
    right = sum(reply.read_as is reply.label for reply in replies)
    revoking = [reply for reply in replies if reply.label in REVOKING]
    benign = [reply for reply in replies if reply.label not in REVOKING]
    missed = sum(reply.is_missed_revocation for reply in revoking)
    false = sum(reply.is_false_opt_out for reply in benign)
    held = sum(reply.read_as in REVOKING for reply in benign) - false
    return (
        f"{len(replies):5} replies  {right / len(replies):6.1%} right  revocations missed {missed} of {len(revoking)}"
        f"  benign read as opt-out {false}, held {held}, of {len(benign)}"
    )


def main(arguments: Sequence[str]) -> None:
    """Print the scores."""
    for half, replies in (("tuning", TUNING), ("held out", HELD_OUT)):
        for language in LANGUAGES:
            print(f"{half:9} {language:8}", score([one for one in replies if one.language == language]))
    if "--misread" in arguments:
        for reply in TUNING:
            if reply.read_as is not reply.label:
                print(f"{reply.label:17} read as {reply.read_as:17} {reply.text!r}")


main(sys.argv[1:])
