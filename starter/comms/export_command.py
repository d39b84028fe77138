"""`comms export`: an output or a measure as a file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import DownloadColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

from models.measures.definitions import MEASURES
from models.outputs import OutputView
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.bars import bar
from starter.comms.problems import Misunderstood, Problem
from starter.comms.showing import remark

FORMATS = ("csv", "parquet")


def export_command(
    what: Annotated[str, typer.Argument(metavar="VIEW", help="An output, such as delivery_status, or a measure.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file to write; an earlier one is replaced.")],
    written: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    client: Annotated[str | None, typer.Option(autocompletion=completing.clients, help="Only this client's.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what changed since this moment; of a measure: from it on.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Of a measure: day, week, client or channel.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Write an output or a measure to a file. That it left is in the log. A file that broke off is not kept."""
    if written not in FORMATS:
        raise Misunderstood("Say --format csv or --format parquet.")
    is_output = what in set(OutputView)
    if not is_output and what not in MEASURES:
        raise Problem(f"There is no {what}. Outputs: {', '.join(OutputView)}. Measures: {', '.join(MEASURES)}.")
    path = f"/v1/{'outputs' if is_output else 'measures'}/{what}/export"
    about = {
        "format": written,
        "client": client,
        "since" if is_output else "from": since,
        "by": None if is_output else by,
    }
    partial = out.with_name(f"{out.name}.partial")
    try:
        _download(partial, url, key, path, about)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    remark(f"{out}: {out.stat().st_size} bytes")


def _download(into: Path, url: str, key: str, path: str, about: dict[str, str | None]) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TimeElapsedColumn())
    with (
        bar(*columns) as progress,
        api_client.downloaded(url, key, path, about) as pieces,
        into.open("wb") as file,
    ):
        task = progress.add_task("reading", total=None)
        for piece in pieces:
            file.write(piece)
            progress.advance(task, len(piece))
