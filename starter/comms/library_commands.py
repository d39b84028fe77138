"""`comms library …`: the templates and sequences that may be sent."""

from pathlib import Path
from typing import Annotated

import typer

from activities.library import read_library
from models.database import library as shelf
from models.database.seeding import add_library
from starter.comms import database_access
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.showing import AsJson, out, remark, show_json, table

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="The templates and sequences that may be sent.")

TEMPLATE_COLUMNS = {
    "key": "template",
    "version": "version",
    "channel": "channel",
    "approval": "wording is",
    "approver": "approver",
    "approval_id": "approval",
}
SEQUENCE_COLUMNS = {
    "key": "sequence",
    "version": "version",
    "approval": "approval per",
    "owner": "owner",
    "follow_up_rule": "follow-up",
}


@app.command()
def add(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A library in YAML, its texts beside it.")],
    created_by: Annotated[str, typer.Option(help="Who wrote it; may not approve it.")] = "copywriter",
) -> None:
    """Store the versions in a file that are new, and ask for approval of each new text. Safe to repeat."""
    library = read_library(file)
    with database_access.session() as session:
        added = add_library(session, library, created_by)
    for name, approval in zip(added.templates, added.approvals, strict=True):
        remark(f"template {name}: waits for approval {approval}")
    for name in added.sequences:
        remark(f"sequence {name}")
    if not added.templates and not added.sequences:
        remark("Nothing in it is new.")


@app.command("list")
def list_library(as_json: AsJson = False) -> None:
    """Show every stored version, and whether its wording is approved."""
    with database_access.session() as session:
        templates = [{name: row[name] for name in TEMPLATE_COLUMNS} for row in shelf.templates(session)]
        sequences = [
            version.model_dump(mode="json", include=set(SEQUENCE_COLUMNS)) for version in shelf.sequences(session)
        ]
    if as_json:
        show_json({"templates": templates, "sequences": sequences})
        return
    out.print(
        table("Templates", TEMPLATE_COLUMNS.values(), ([row[key] for key in TEMPLATE_COLUMNS] for row in templates))
    )
    out.print(
        table("Sequences", SEQUENCE_COLUMNS.values(), ([row[key] for key in SEQUENCE_COLUMNS] for row in sequences))
    )
