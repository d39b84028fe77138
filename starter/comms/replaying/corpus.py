"""Histories that are kept with the code, for the replay test."""

import re
import tomllib
from pathlib import Path

from temporalio.client import WorkflowHistory

from models.sealing import KeyRing
from starter.comms.problems import Problem
from starter.comms.replaying.histories import type_of
from starter.comms.replaying.replay import Replays
from starter.comms.replaying.scrubbing import CORPUS_KEYS, scrubbed
from starter.comms.replaying.verdicts import Outcome, told

CORPUS = Path("tests", "histories")
REPLAY_TEST = CORPUS / "test_replay.py"
_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


async def kept(history: WorkflowHistory, ring: KeyRing, name: str, checkout: Path) -> Path:
    """Scrub a history and keep it in a checkout; return the file.

    Args:
        history: a whole one.
        ring: opens its payloads.
        name: what it shows, such as `a_reply_on_a_holiday`.
        checkout: the root of the checkout.

    Raises:
        Problem: it does not replay, before or after it was scrubbed; personal data remain; the name is taken; this is no
            checkout. Nothing was kept.
    """
    file = _file(history, name, checkout)
    await _must_replay(history, ring, "as it is")
    clean = await scrubbed(history, ring)
    await _must_replay(clean, CORPUS_KEYS, "once it is scrubbed")
    file.parent.mkdir(exist_ok=True)
    file.write_text(clean.to_json() + "\n")
    return file


def _file(history: WorkflowHistory, name: str, checkout: Path) -> Path:
    if not _NAME.fullmatch(name):
        raise Problem(f"{name!r} is not a name such as a_reply_on_a_holiday: small letters, digits and _")
    if not (checkout / REPLAY_TEST).is_file():
        raise Problem(f"{checkout} is not a checkout of this project: there is no {REPLAY_TEST}. Go there first.")
    version = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["version"]
    kind = _WORD.sub("_", type_of(history)).lower()
    file = checkout / CORPUS / f"v{version}" / f"{kind}.recorded_{name}.json"
    if file.exists():
        raise Problem(f"{file} is there already; give another name with --as")
    return file


async def _must_replay(history: WorkflowHistory, ring: KeyRing, when: str) -> None:
    verdict = await Replays(ring).one(history)
    if verdict.outcome not in (Outcome.OK, Outcome.CHANGED):
        raise Problem(f"it does not replay {when}, so it was not kept.\n{told(verdict)}")
