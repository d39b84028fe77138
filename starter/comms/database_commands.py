"""`comms database …`: tables, and what a fresh database starts with."""

import json
from pathlib import Path
from typing import Annotated

import typer

from activities.library import read_library
from models.database import staff_passwords
from models.database.events import Origin
from models.database.migrate import upgrade
from models.database.permission import marks
from models.database.seeding import COMMAND, DEFAULT_APPROVER, add_library, seed_staff
from starter.comms import database_access
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Problem
from starter.comms.showing import remark, remarks, show_json

COPYWRITER = "copywriter"
PRIVATE = 0o600

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="Tables, and what a fresh database starts with.")


@app.command("upgrade")
def upgrade_tables() -> None:
    """Bring the tables to this version. Safe to repeat; two callers at once wait for each other."""
    with remarks.status("bringing the tables to this version"):
        upgrade(database_access.database_url())
    remark("The tables are those of this version.")


@app.command()
def seed(
    staff_keys: Annotated[
        Path | None,
        typer.Option(help="Merge new API keys into this JSON file (handle: key), readable by its owner only."),
    ] = None,
    passwords: Annotated[
        Path | None,
        typer.Option(
            help="Make up passwords for those without one, and merge them into this JSON file (handle: password)."
        ),
    ] = None,
) -> None:
    """Enter the default staff and the library that ships, approved. Safe to repeat.

    New API keys go to --staff-keys, or as JSON to stdout. They cannot be shown again: only their hashes are stored.
    """
    library = read_library()
    with database_access.session() as session:
        keys = seed_staff(session)
        added = add_library(session, library, created_by=COPYWRITER, approve_as=DEFAULT_APPROVER)
        # Told before they count: a key that was stored but never told could not be recovered.
        _tell(keys, staff_keys)
        if passwords is not None:
            _tell(staff_passwords.make_up(session, Origin(COMMAND)), passwords)
    remark(f"New: {len(keys)} API keys, {len(added.templates)} templates, {len(added.sequences)} sequences.")


@app.command("mark-decisions")
def mark_decisions(
    yes: Annotated[bool, typer.Option("--yes", help="Mark them; without it they are only counted.")] = False,
) -> None:
    """Mark decisions that carry no mark, once after the upgrade from a version before 0.5.0. Safe to repeat.

    Nothing rests on a decision without its mark, so what such decisions approved is held until then. Look before you mark:
    after the upgrade itself, a decision without a mark was written past the service.
    """
    with database_access.session() as session:
        found = marks.mark_earlier(session) if yes else marks.count_unmarked(session)
    remark(f"Decisions {'marked' if yes else 'without a mark'}: {found}.")


def _tell(keys: dict[str, str], file: Path | None) -> None:
    if not keys:
        return
    if file is None:
        show_json(keys)
        return
    known = _read(file)
    draft = file.with_name(file.name + ".new")
    draft.touch(PRIVATE)
    draft.chmod(PRIVATE)
    draft.write_text(json.dumps(known | keys, indent=2) + "\n")
    draft.replace(file)


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    try:
        known = json.loads(file.read_text())
    except json.JSONDecodeError:
        raise Problem(f"{file} is not JSON; nothing was changed") from None
    if not isinstance(known, dict):
        raise Problem(f"{file} does not hold keys by handle; nothing was changed")
    return known
