"""`make bench`: whole runs per second through the service, beside a bare workflow on the same server in the same run."""

import asyncio
import os
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import typer
from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from deploy.local.bench import driving
from deploy.local.bench.driving import Measured
from deploy.local.clean_state import forget
from deploy.local.entering import enter
from deploy.local.office import Office
from deploy.local.progress import Terminal
from deploy.local.site import REPOSITORY
from deploy.local.stack import LocalStack, StackOptions

STATE = REPOSITORY / ".local" / "bench"
LIBRARY = Path(__file__).parent / "library.yaml"
CLIENT = {"key": "bench", "name": "Bench Plumbing", "time_zone": "America/Denver", "phone": "+13035550100",
          "postal_address": "12 Canal Street, Denver, CO 80202"}  # fmt: skip
WARM_UP = 20
PARTS = ("worker", "api", "relay", "postgres", "temporal", "twilio", "hubspot")
COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


async def measure_bare(client: Client, address: str, runs: int) -> Measured:
    """Run the yardstick with a worker process of its own."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.local.bench.bare", address, stdout=asyncio.subprocess.PIPE, cwd=REPOSITORY
    )
    try:
        assert worker.stdout is not None
        await worker.stdout.readline()
        await driving.bare(client, WARM_UP)
        return await driving.bare(client, runs)
    finally:
        worker.kill()
        await worker.wait()


async def main(runs: int) -> int:
    """Measure both and print the table."""
    console = Console()
    forget(STATE)
    progress = Terminal(console)
    settings = {"COMMS_QUIET_HOURS": "always_open"}
    async with LocalStack(STATE, StackOptions(settings=settings, progress=progress)) as stack:
        progress.done()
        address = stack.environment["COMMS_TEMPORAL__ADDRESS"]
        database = stack.environment["COMMS_DATABASE__URL"].replace("+psycopg", "", 1)
        client = await Client.connect(address)
        async with Office(stack.urls, stack.site.credentials) as office:
            await enter(stack, office, CLIENT, LIBRARY)
            console.print(f"\nwarming up, then {runs} runs each …")
            await driving.ours(client, office, database, CLIENT["key"], WARM_UP, first=0)
            before, spent = await _commits(database), _cpu_seconds(stack)
            whole = await driving.ours(client, office, database, CLIENT["key"], runs, first=WARM_UP)
            commits = await _commits(database) - before
            spent = {name: seconds - spent[name] for name, seconds in _cpu_seconds(stack).items()}
            memory = _peak_megabytes(stack.pid("worker"))
            console.print(f"  ours: {whole.per_second:.1f} runs/s")
        bare = await measure_bare(client, address, runs)
    _show(console, bare, whole, commits / runs, memory)
    shares = ", ".join(f"{name} {seconds / runs * 1000:.0f}" for name, seconds in spent.items())
    console.print(f"processor time of our parts, milliseconds per run: {shares}")
    await asyncio.sleep(0.1)  # lets the Temporal client's threads end before the interpreter does
    return 0


def _show(console: Console, bare: Measured, whole: Measured, commits: float, memory: float) -> None:
    table = Table(
        title=f"{whole.runs} runs each, {os.cpu_count()} cores, {driving.WIDTH} at a time", title_justify="left"
    )
    for heading in ("", "bare workflow", "this service", "ratio"):
        table.add_column(heading, justify="right" if heading else "left")
    ratio = whole.per_second / bare.per_second
    table.add_row("whole runs per second", f"{bare.per_second:.1f}", f"{whole.per_second:.1f}", f"{ratio:.2f}")
    events = whole.events / bare.events
    table.add_row("history events per run", f"{bare.events:.1f}", f"{whole.events:.1f}", f"{events:.2f}")
    actions = whole.actions / bare.actions
    table.add_row("Temporal actions per run", f"{bare.actions:.1f}", f"{whole.actions:.1f}", f"{actions:.2f}")
    table.add_row("database transactions per run (one send)", "-", f"{commits:.1f}", "")
    table.add_row("peak memory of the worker, MB", "-", f"{memory:.0f}", "")
    console.print(table)


def _cpu_seconds(stack: LocalStack) -> dict[str, float]:
    spent = {}
    for name in PARTS:
        main = psutil.Process(stack.pid(name))
        times = [process.cpu_times() for process in (main, *main.children(recursive=True))]
        spent[name] = sum(one.user + one.system for one in times)
    return spent


async def _commits(database: str) -> int:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        await asyncio.sleep(1.1)  # statistics of other sessions are reported once a second
        row = await (await connection.execute(COMMITS)).fetchone()
    return int(row[0]) if row else 0


def _peak_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def command(runs: int = typer.Option(300, help="Whole runs to measure.")) -> None:
    """Measure whole runs beside a bare workflow on the same server."""
    raise SystemExit(asyncio.run(main(runs)))


if __name__ == "__main__":
    typer.run(command)
