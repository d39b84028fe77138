"""Replies with the label that a careful reader gives them, in two halves: one to tune the rules on, one held out.

The halves were fixed, by a hash of the words, before any rule was tuned.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from models.replies import ReplyLabel, classify

HERE = Path(__file__).parent
LANGUAGES = ("english", "spanish")
REVOKING = (ReplyLabel.OPT_OUT, ReplyLabel.POSSIBLE_OPT_OUT)


class Labelled(NamedTuple):
    """One reply and what it says."""

    language: str
    text: str
    label: ReplyLabel

    @property
    def is_held_out(self) -> bool:
        """Whether rules may not be tuned on it."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1

    @property
    def read_as(self) -> ReplyLabel:
        """What the rules make of it."""
        return classify(self.text)

    @property
    def is_missed_revocation(self) -> bool:
        """Whether an opt-out got a label that does not even hold the address."""
        return self.label in REVOKING and self.read_as not in REVOKING

    @property
    def is_false_opt_out(self) -> bool:
        """Whether somebody who wants messages would get no more."""
        return self.label not in REVOKING and self.read_as is ReplyLabel.OPT_OUT


def of_language(language: str) -> Iterator[Labelled]:
    """Yield every labelled reply of one language."""
    label: ReplyLabel | None = None
    for line in (HERE / f"{language}.txt").read_text().splitlines():
        if line.startswith("[") and line.endswith("]"):
            label = ReplyLabel(line[1:-1])
        elif line and not line.startswith("#") and label is not None:
            yield Labelled(language, line.replace("\\n", "\n"), label)


ALL = [reply for language in LANGUAGES for reply in of_language(language)]
TUNING = [reply for reply in ALL if not reply.is_held_out]
HELD_OUT = [reply for reply in ALL if reply.is_held_out]


def lines_of(name: str) -> list[str]:
    """Return the replies of a file that gives them no label each."""
    return [line for line in (HERE / name).read_text().splitlines() if line and not line.startswith("#")]
