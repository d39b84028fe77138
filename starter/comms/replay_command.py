"""`comms replay`: would the present code make the same decisions as a recorded run?"""

import asyncio
from typing import Annotated

import typer

from models.settings import Settings
from starter.comms.showing import out, remark, remarks


def replay_command(
    what: Annotated[str, typer.Argument(metavar="WORKFLOW_ID|FILE", help="A workflow's id, or a history as JSON.")],
    temporal_run: Annotated[str | None, typer.Option(help="Temporal's run id; the newest if left out.")] = None,
) -> None:
    """Run a recorded history through the workflows of this version. Exits with 1 if they would do something else.

    It needs the sealing keys (COMMS_KEYS__…), because histories are encrypted. It changes nothing.
    """
    # Temporal's client and the workflows take most of a second to load, which every other command would pay for.
    from starter.comms.replaying import replay

    settings = Settings()
    with remarks.status("replaying"):
        difference, events = asyncio.run(replay(settings, what, temporal_run))
    if difference is not None:
        remark(f"{what}: the present code would do something else:\n{difference}")
        raise typer.Exit(1)
    out.print(f"{what}: {events} events, the same decisions.", markup=False, soft_wrap=True)
