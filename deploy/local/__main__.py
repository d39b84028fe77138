"""`make run`: the whole stack, until Ctrl-C."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape

from deploy.local.directory_lock import AlreadyRunning
from deploy.local.extras import EXTRAS, NotTogether
from deploy.local.parts import NoSuchPart
from deploy.local.progress import Terminal
from deploy.local.runner import PartFailed
from deploy.local.site import REPOSITORY
from deploy.local.stack import LocalStack, StackOptions

STATE = REPOSITORY / ".local" / "run"


def main(given: Sequence[str] | None = None) -> int:
    """Run the command line, that of this process if none is given; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description="Run the embedded stack until Ctrl-C.")
    parser.add_argument("--state-dir", type=Path, default=STATE, help="where everything is kept (default: .local/run)")
    parser.add_argument("--parts", help="comma-separated names of the parts to run (default: all)")
    parser.add_argument(
        "--with",
        dest="extras",
        action="append",
        default=[],
        choices=sorted(EXTRAS),
        help="a part on demand; may be repeated: "
        + "; ".join(f"{name}: {extra.purpose}" for name, extra in EXTRAS.items()),
    )
    arguments = parser.parse_args(given)
    terminal = Terminal()
    options = StackOptions(
        extras=[EXTRAS[name] for name in dict.fromkeys(arguments.extras)],
        parts=None if arguments.parts is None else arguments.parts.split(","),
        restart_dead_parts=True,
        progress=terminal,
    )
    try:
        asyncio.run(_run(LocalStack(arguments.state_dir, options), terminal))
    except (AlreadyRunning, NoSuchPart, NotTogether, PartFailed) as error:
        terminal.done()
        terminal.console.print(f"\n[red]✗[/red] {escape(str(error))}")
        return 2 if isinstance(error, NoSuchPart | NotTogether) else 1
    return 0


async def _run(stack: LocalStack, terminal: Terminal) -> None:
    asked_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        if asked_to_end.is_set():
            # Asked twice: leave at once. The leash takes the parts down, the next start tidies up.
            os._exit(130)
        asked_to_end.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    starting = asyncio.create_task(stack.start_all())
    ending = asyncio.create_task(asked_to_end.wait())
    try:
        await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            terminal.done()
            _print_links(stack, terminal)
            await ending
    finally:
        starting.cancel()
        ending.cancel()
        await asyncio.gather(starting, ending, return_exceptions=True)
        terminal.done()
        if asked_to_end.is_set():
            terminal.console.print("\n  stopping …")
            await stack.stop_all()
            terminal.console.print("  [green]✓[/green] stopped; nothing is left running")


def _print_links(stack: LocalStack, terminal: Terminal) -> None:
    urls = stack.urls
    links = (
        ("api", "console", f"{urls['api']}/console"),
        ("api", "names and passwords", str(stack.site.passwords)),
        ("api", "API", f"{urls['api']}/docs"),
        ("temporal-ui", "Temporal UI", urls["temporal-ui"]),
        ("twilio", "Twilio stand-in", f"{urls['twilio']}/_standin/log"),
        ("ses", "SES stand-in", f"{urls['ses']}/_standin/log"),
        ("hubspot", "HubSpot stand-in", f"{urls['hubspot']}/_standin/log"),
        ("google_business", "Google Business stand-in", f"{urls['google_business']}/_standin/log"),
        ("search_console", "Search Console stand-in", f"{urls['search_console']}/_standin/log"),
        ("quickbooks", "QuickBooks stand-in", f"{urls['quickbooks']}/_standin/log"),
        *((name, EXTRAS[name].part.title, f"{urls[name]}/_standin/log") for name in EXTRAS if name in urls),
        ("api", "staff API keys", str(stack.site.credentials)),
        ("postgres", "settings", str(stack.state / "environment.env")),
    )
    terminal.console.print()
    for part, title, link in links:
        if stack.running(part):
            terminal.console.print(f"  {title:<26}{escape(link)}")
    terminal.console.print(f"  {'logs':<26}{escape(str(stack.state / 'logs'))}")
    terminal.console.print("\n  Ctrl-C stops everything; what happened is kept. `make clean-state` forgets it.")


if __name__ == "__main__":
    sys.exit(main())
