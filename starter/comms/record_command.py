"""`comms record`: keep a run's history, scrubbed, for the replay test."""

import asyncio
import re
from pathlib import Path
from typing import Annotated

import typer

from starter.comms import completing
from starter.comms.showing import AsJson, out, remark, remarks, show_json


def record_command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RUN|FILE",
            autocompletion=completing.runs_or_files,
            help="A run's id, its workflow id, or a saved history.",
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--as", help="What it shows: a_reply_on_a_holiday. By default its workflow's id.")
    ] = None,
    temporal_run: Annotated[str | None, typer.Option(help="Temporal's run id; the newest if left out.")] = None,
    checkout: Annotated[Path, typer.Option(help="Root of the checkout that keeps it.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Add a scrubbed history to the corpus that every later version must replay.

    Ids become others, texts become words, people disappear, and it is sealed with the corpus' own key. It is refused, and
    nothing is kept, if it does not replay, if a payload cannot be read, or if a number or an address remains in it.
    """
    # Temporal's client and the workflows take most of a second to load, which every other command would pay for.
    from starter.comms.replaying import asking
    from starter.comms.replaying.reach import Reach

    reach = Reach()
    with asking.quiet(), remarks.status("replaying, scrubbing, and replaying again"):
        file = asyncio.run(asking.keep(reach, what, temporal_run, name or _named(what), checkout))
    if as_json:
        show_json({"file": str(file)})
        return
    out.print(str(file), soft_wrap=True)
    remark(
        f"Look at it, then commit it. It is replayed by: .venv/bin/pytest tests/histories -k {file.stem.partition('.')[2]}"
    )


def _named(what: str) -> str:
    """Return a name made of the file's, or of the beginning of the id."""
    stem = Path(what).stem if what.endswith(".json") else what.rpartition("/")[2][:8]
    return re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
