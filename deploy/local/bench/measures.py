"""`python -m deploy.local.bench.measures`: how long each measure takes over a year of many runs, beside a tenth of them.

A measure that reads what it must grows like the rows, by ten; one that reads every row for every row would grow by a hundred.
"""

import os
import signal
import tempfile
import time
from pathlib import Path

import psycopg
import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from deploy.local import initdb, postgres
from deploy.local.bench.past import make_past
from deploy.local.ports import free_port
from deploy.local.processes import spawn
from models.database.engine import make_engine, transaction
from models.database.measures import outputs
from models.database.measures.computing import Asked, By, compute
from models.database.measures.outputs import Wanted
from models.database.migrate import upgrade
from models.database.tables.people import Client
from models.measures.definitions import MEASURES
from models.outputs import OutputView
from models.settings import DatabaseSettings

PASSWORD = "only-for-this-bench"  # noqa: S105
BEST_OF = 3
START_SECONDS = 30.0
STOP_SECONDS = 60.0


def seconds(session: Session, what: str | OutputView) -> float:
    """Return the shortest of three times of a measure by week, or of a page of an output."""
    took = []
    for _ in range(BEST_OF):
        began = time.monotonic()
        if isinstance(what, OutputView):
            outputs.page(session, what, Wanted(), 101)
        else:
            compute(session, MEASURES[what], Asked(by=By.WEEK))
        took.append(time.monotonic() - began)
    return min(took)


def timed(url: str, runs: int) -> dict[str, float]:
    """Return the times over a fresh past of so many runs."""
    upgrade(url)
    engine = make_engine(DatabaseSettings(url=SecretStr(url)))
    with transaction(engine) as session:
        client = Client(key="past", name="Past Plumbing", time_zone="America/Denver")
        session.add(client)
        session.flush()
        identity = client.id
    make_past(engine, identity, runs)
    with transaction(engine) as session:
        found = {what: seconds(session, what) for what in MEASURES}
        found |= {f"page of {view}": seconds(session, view) for view in OutputView}
    engine.dispose()
    return found


def command(runs: int = typer.Option(20_000, help="Runs of the larger past.")) -> None:
    """Time every measure and the first page of every output over two pasts, on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="comms-bench-") as folder:
        Path(folder).chmod(0o755)
        data, port = Path(folder) / "data", free_port()
        initdb.initialise(data, PASSWORD)
        server = spawn("postgres", postgres.command(data, port), Path(folder) / "log")
        try:
            deadline = time.monotonic() + START_SECONDS
            while not postgres.accepts(port, PASSWORD) and time.monotonic() < deadline:
                time.sleep(0.1)
            few, many = (timed(_database(port, name), count) for name, count in (("few", runs // 10), ("many", runs)))
        finally:
            server.process.send_signal(signal.SIGINT)
            server.process.wait(timeout=STOP_SECONDS)
    _show(few, many, runs)


def _database(port: int, name: str) -> str:
    with psycopg.connect(postgres.url(port, PASSWORD, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return postgres.url(port, PASSWORD, name).replace("postgresql://", "postgresql+psycopg://", 1)


def _show(few: dict[str, float], many: dict[str, float], runs: int) -> None:
    title = f"Seconds: measures by week, and a page of each output ({os.cpu_count()} cores)"
    table = Table(title=title, title_justify="left")
    for heading in ("", f"{runs // 10} runs", f"{runs} runs", "ratio"):
        table.add_column(heading, justify="right" if heading else "left")
    for what, took in many.items():
        table.add_row(what, f"{few[what]:.3f}", f"{took:.3f}", f"{took / few[what]:.1f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(command)
