"""What an incident pauses and what clients are told of it, as options of `comms incident …`, and as the API takes it."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from starter.comms.spans import moment_ahead

Words = Annotated[
    str,
    typer.Option(help="Free words for clients, shown in the portal once approved. Without, approved templates say it."),
]
Internal = Annotated[str, typer.Option(help="For colleagues only.")]
Proof = Annotated[
    str,
    typer.Option(
        "--nothing-lost-proof", help="Where the evidence lies that no data were lost; else nobody is told so."
    ),
]
NextUpdate = Annotated[
    str | None,
    typer.Option(help="When clients hear again: a moment, or a span from now (2h). By its severity, if left out."),
]


class Touch(StrEnum):
    """What an incident pauses, as far as the command line says it; the API knows every scope."""

    CLIENTS = "clients"
    """All that goes out for the clients it concerns."""
    EVERYTHING = "everything"
    NOTHING = "nothing"


def telling(words: str, internal: str, next_update: str | None, proof: str = "") -> dict[str, Any]:
    """Return what clients are to be told. Raises Problem if it is not clear when they hear again."""
    promised = moment_ahead(next_update).isoformat() if next_update is not None else None
    return {"words": words, "internal": internal, "next_update_at": promised, "nothing_lost_proof": proof}
