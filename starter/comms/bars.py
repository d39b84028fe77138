"""Bars that show how far long work has come."""

from rich.progress import Progress, ProgressColumn

from starter.comms.showing import remarks


def bar(*columns: ProgressColumn) -> Progress:
    """Return a bar that moves on a person's terminal and leaves nothing behind; elsewhere it is not there at all."""
    return Progress(*columns, console=remarks, transient=True, disable=not remarks.is_terminal)
