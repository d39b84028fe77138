"""`comms import`: a list of leads from a file, through the API, with progress and a report of every refused row."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.bars import bar
from starter.comms.list_files import Line, ListFile, read_list
from starter.comms.repetitions import Repetitions
from starter.comms.showing import AsJson, out, remark, show_json, table

MOST_ROWS, MOST_BYTES = 100, 40_000
"""Of one request; the API takes bodies of 64 KiB by default."""
SHOWN = 20
MEANINGS = {
    "accepted": "their runs start",
    "kept": "stored; nothing proves a permission, so nothing is sent",
    "duplicate": "added to a person who is known already",
    "already_imported": "imported before; nothing was changed",
    "refused": "refused; nothing of them was stored",
}


def import_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, or JSON Lines (.jsonl, .ndjson).")],
    client: Annotated[
        str, typer.Option(autocompletion=completing.clients, help="Key of the client, such as acme-plumbing.")
    ],
    source: Annotated[str, typer.Option(help="Our name of the list, such as spring-show.")],
    sequence: Annotated[
        str | None,
        typer.Option(autocompletion=completing.sequences, help="What its leads start; needed the first time."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and change nothing.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Where to write the refused rows; FILE.refused.csv if left out.")
    ] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Import leads. The same command again changes nothing: rows are known by their id, or by all they say.

    Messages go only to those whose row proves a permission: sms_consent or email_consent names its kind (conversational,
    informational, promotional), and consent_evidence says where the proof lies. All others are stored and not written to.
    Exit code 0 if no row was refused, else 1.
    """
    listed = read_list(file)
    head = {"client": client, "list_name": source, "columns": list(listed.columns), "dry_run": dry_run}
    head |= {"sequence": sequence} if sequence else {}
    found = [_unreadable(line) for line in listed.lines if line.problem]
    ignored: list[str] = []
    before = Repetitions()
    with _progress() as bar:
        task = bar.add_task(f"importing {file.name}", total=len(listed.lines), completed=len(found))
        for part in _parts(listed):
            answer = api_client.post(url, key, "/v1/imports", head | {"rows": part})
            found += before.seen(answer["rows"])
            ignored = answer["ignored_columns"]
            bar.advance(task, len(part))
    refused = sorted((row for row in found if row["state"] == "refused"), key=lambda row: row["line"])
    written = _write(refused, report or file.with_name(f"{file.name}.refused.csv"))
    counts = Counter(row["state"] for row in found)
    if as_json:
        show_json({"counts": counts, "refused": refused, "ignored_columns": ignored, "dry_run": dry_run})
    else:
        _show(counts, refused, listed, ignored, written, dry_run)
    if refused:
        raise typer.Exit(1)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return bar(*columns)


def _parts(listed: ListFile) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    size = 0
    for line in listed.lines:
        if line.problem:
            continue
        row = {"line": line.number, "values": line.values}
        weight = len(json.dumps(row))
        if part and (len(part) == MOST_ROWS or size + weight > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += weight
    if part:
        yield part


def _unreadable(line: Line) -> dict[str, Any]:
    return {"line": line.number, "state": "refused", "reasons": ["unreadable"], "in_words": line.problem}


def _write(refused: list[dict[str, Any]], path: Path) -> Path | None:
    """Write which lines were refused and why. The values stay in the list itself."""
    if not refused:
        path.unlink(missing_ok=True)  # of an earlier run: it no longer holds
        return None
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("line", "reason"))
        writer.writerows((row["line"], row["in_words"]) for row in refused)
    return path


def _show(
    counts: Counter[str],
    refused: list[dict[str, Any]],
    listed: ListFile,
    ignored: list[str],
    path: Path | None,
    dry: bool,
) -> None:
    title = "What would happen" if dry else "Imported"
    out.print(
        table(title, ("rows", "", "what it means"), ((counts[s], s.replace("_", " "), MEANINGS[s]) for s in MEANINGS))
    )
    if ignored:
        remark(f"Columns that nobody knows, kept with the raw rows only: {', '.join(ignored)}")
    if listed.encoding == "cp1252":
        remark("The file is not UTF-8; it was read as Windows-1252.")
    if refused:
        shown = ((row["line"], row["in_words"]) for row in refused[:SHOWN])
        out.print(table("Refused", ("line", "why"), shown))
        more = f"; {len(refused) - SHOWN} more are in it" if len(refused) > SHOWN else ""
        remark(f"Every refused row, with its reason, is in {path}{more}. Correct them and run the command again.")
