"""`comms outputs`: what stands where, with owner, source, channel, moment, and what happens next."""

from typing import Annotated, Any

import typer

from models.outputs import OutputView
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

PATH = "/v1/outputs"
View = Annotated[OutputView, typer.Argument(help="Which output.")]
Client = Annotated[str | None, typer.Option(help="Only this client's.")]
Run = Annotated[str | None, typer.Option(help="Only of this run, also if it has nothing of the kind yet.")]
Since = Annotated[str | None, typer.Option(help="Only what changed since this moment, such as 2026-11-20T00:00:00Z.")]
COLUMNS = (
    "id", "client", "state", "owner", "source", "channel", "at (UTC)", "for the client", "next contact", "if it goes wrong",
)  # fmt: skip


def outputs(
    view: View,
    client: Client = None,
    run: Run = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many rows.")] = 50,
    after: Annotated[str | None, typer.Option(help="Where the page before has ended, as it said.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show one of the eight outputs, what changed last first."""
    about = {"client": client, "run": str(run_id(run)) if run else None, "since": since, "limit": limit, "after": after}
    found = api_client.get(url, key, f"{PATH}/{view}", about)
    if as_json:
        show_json(found)
        return
    out.print(
        table(str(view).replace("_", " ").capitalize(), COLUMNS, (_line(row) for row in found["rows"]), whole="id")
    )
    if found["next"]:
        remark(f"There is more: --after {found['next']}")


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    said = (row["client_safe_status"], row["follow_up_rule"], row["recovery_rule"])
    where = (row["state"], row["owner"], row["source"], row["channel"])
    return row["id"], row["client"], *where, moment(row["at"]), *said
