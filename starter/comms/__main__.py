"""The `comms` command: what staff and engineers do from a shell."""

import typer

from starter.comms import database_commands
from starter.comms.problems import PlainSpoken

app = typer.Typer(
    cls=PlainSpoken,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Client communications: start, follow, approve, hold, explain and audit them.",
)
app.add_typer(database_commands.app, name="database")

if __name__ == "__main__":
    app(prog_name="comms")
