"""`comms library …`: the templates and sequences that may be sent."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import text

from activities.library import read_library
from models.database.seeding import add_library
from starter.comms import database_access
from starter.comms.problems import PlainSpoken
from starter.comms.showing import AsJson, out, remark, show_json, table

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="The templates and sequences that may be sent.")

_TEMPLATES = text(
    """
    SELECT t.key, t.version, t.channel, t.created_by, a.id AS approval, a.approver,
        coalesce((SELECT CASE d.decision WHEN 'approve' THEN 'approved' WHEN 'reject' THEN 'rejected' ELSE 'revoked' END
                  FROM decision d WHERE d.approval_id = a.id ORDER BY d.id DESC LIMIT 1), 'waiting') AS approval_state
    FROM template t LEFT JOIN approval a ON a.subject = 'template' AND a.subject_id = t.id AND a.superseded_at IS NULL
    ORDER BY t.key, t.version
    """
)
_SEQUENCES = text(
    """
    SELECT key, version, title, definition ->> 'approval' AS approval, definition ->> 'owner' AS owner,
        definition ->> 'escalation_owner' AS escalation_owner, definition ->> 'follow_up_rule' AS follow_up_rule
    FROM sequence ORDER BY key, version
    """
)
TEMPLATE_COLUMNS = {
    "key": "template",
    "version": "version",
    "channel": "channel",
    "approval_state": "wording is",
    "approver": "approver",
    "approval": "approval",
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
        templates = [dict(row) for row in session.execute(_TEMPLATES).mappings()]
        sequences = [dict(row) for row in session.execute(_SEQUENCES).mappings()]
    if as_json:
        show_json({"templates": templates, "sequences": sequences})
        return
    out.print(
        table("Templates", TEMPLATE_COLUMNS.values(), ([row[key] for key in TEMPLATE_COLUMNS] for row in templates))
    )
    out.print(
        table("Sequences", SEQUENCE_COLUMNS.values(), ([row[key] for key in SEQUENCE_COLUMNS] for row in sequences))
    )
