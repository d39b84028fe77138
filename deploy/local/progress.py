"""What is said while a stack starts: one line per part, with a tick and seconds, and notices in between."""

import sys
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.status import Status


class Progress(Protocol):
    """Who is told. Calls come from one thread, in the order things happen."""

    def starting(self, title: str) -> None:
        """A part is being started."""

    def ready(self, title: str, seconds: float) -> None:
        """A part is ready, so many seconds after it was started."""

    def notice(self, text: str) -> None:
        """Something a person should know and need not act on."""


class Silent:
    """For tests."""

    def starting(self, title: str) -> None:
        """Say nothing."""

    def ready(self, title: str, seconds: float) -> None:
        """Say nothing."""

    def notice(self, text: str) -> None:
        """Say nothing."""


class Terminal:
    """Prints to the terminal; where there is none (a log, a pipe), plain lines without motion or colour."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self._open: list[str] = []
        self._status: Status | None = None

    def starting(self, title: str) -> None:
        """Add the part to the line of those being waited for."""
        self._open.append(title)
        self._show()

    def ready(self, title: str, seconds: float) -> None:
        """Print its line."""
        if title in self._open:
            self._open.remove(title)
        self.console.print(f"  [green]✓[/green] {escape(title):<24}[dim]{seconds:5.1f} s[/dim]")
        self._show()

    def notice(self, text: str) -> None:
        """Print it."""
        self.console.print(f"  [yellow]![/yellow] {escape(text)}")

    def done(self) -> None:
        """Nothing more is awaited: remove the moving line."""
        self._open.clear()
        self._show()

    def _show(self) -> None:
        if not self.console.is_terminal:
            return
        if self._status is not None and not self._open:
            self._status.stop()
            self._status = None
            return
        if self._open:
            text = f"[dim]waiting for {escape(', '.join(self._open))}[/dim]"
            if self._status is None:
                self._status = self.console.status(text)
                self._status.start()
            else:
                self._status.update(text)
