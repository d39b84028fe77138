"""`comms drafts …`: texts for clients that wait for a person: list, show, revise, review."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.drafting import DraftState
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.showing import AsJson, moment, out, remark, show_json, table
from starter.comms.wording_commands import COLUMNS as FOUND
from starter.comms.wording_commands import row

PATH = "/v1/drafts"
COLUMNS = ("client", "key", "purpose", "state", "source", "author", "revised_at", "id")
app = typer.Typer(cls=PlainSpoken, help="Texts for clients that wait for a person: list, show, revise, review.")

DraftId = Annotated[str, typer.Argument(metavar="DRAFT", help="Id of the draft.")]


@app.command("list")
def list_drafts(
    state: Annotated[DraftState | None, typer.Option(help="Only these.")] = None,
    run: Annotated[str | None, typer.Option(help="Only those of this run.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List drafts, those that wait for a person first."""
    asked = {"state": state.value if state else None, "run": uuid(run, "a run") if run else None}
    found = api_client.get(url, key, PATH, asked)
    if as_json:
        show_json(found)
        return
    out.print(table("Drafts", COLUMNS, map(_line, found), whole="id"))


@app.command()
def show(draft: DraftId, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show the newest wording, and what was found in it."""
    found = api_client.get(url, key, f"{PATH}/{uuid(draft, 'a draft')}")
    if as_json:
        show_json(found)
        return
    _show(found)


@app.command()
def revise(
    draft: DraftId,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The new text.")],
    subject: Annotated[str | None, typer.Option(help="The new subject; the old one if left out.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Replace the wording. Whoever edits may neither review nor approve it."""
    path = f"{PATH}/{uuid(draft, 'a draft')}"
    newest = _newest(api_client.get(url, key, path))
    body = {"content_hash": newest.get("content_hash", ""), "body": file.read_text().strip()}
    kept = newest.get("subject", "") if subject is None else subject
    found = api_client.post(url, key, f"{path}/revisions", body | {"subject": kept})
    if as_json:
        show_json(found)
        return
    _findings(found)
    remark(f"Revision {found['revision']} is stored, internal until another person has reviewed it.")


@app.command()
def review(
    draft: DraftId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; you have read the wording.")] = False,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Let the wording be used that is shown."""
    path = f"{PATH}/{uuid(draft, 'a draft')}"
    found = api_client.get(url, key, path)
    _show(found)
    if not yes:
        typer.confirm("May this wording be used?", abort=True, err=True)
    api_client.post(url, key, f"{path}/review", {"content_hash": _newest(found).get("content_hash", "")})
    remark("The draft is reviewed.")


def _show(found: dict[str, Any]) -> None:
    newest = _newest(found)
    if newest:
        subject = f"Subject: {newest['subject']}\n" if newest["subject"] else ""
        out.print(f"{subject}{newest['body']}\n", markup=False)
        note = f" ({newest['note']})" if newest["note"] else ""
        by = f"{newest['source']}, {newest['author']}"
        remark(f"Revision {newest['number']}, {by}{note}: {found['state']}.")
    else:
        remark("It has no text yet.")
    _findings(found)


def _findings(found: dict[str, Any]) -> None:
    if found["findings"]:
        out.print(table("Found in it", FOUND, map(row, found["findings"])))


def _newest(found: dict[str, Any]) -> dict[str, Any]:
    return next(iter(found["revisions"]), {})


def _line(found: dict[str, Any]) -> list[Any]:
    return [moment(found[name]) if name == "revised_at" else found[name] for name in COLUMNS]
