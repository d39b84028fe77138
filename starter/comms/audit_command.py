"""`comms audit`: the promises, counted."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from models.audit import AuditReport, log_files, read_record
from models.database.audit import audit
from starter.comms import database_access
from starter.comms.problems import Problem
from starter.comms.showing import AsJson, out, remark, remarks, show_json

TOTALS = {
    "planned": "messages planned",
    "accepted": "accepted by their provider",
    "refused": "refused by their provider",
    "suppressed": "suppressed (opt-out, no consent)",
    "cancelled": "cancelled with their run",
    "expired": "expired",
    "waiting": "still waiting",
    "in_doubt": "in doubt, being looked up",
    "escalated": "in doubt, with a person",
    "provider_acceptances": "acceptances in the providers' logs",
    "duplicates": "duplicates",
    "lost": "lost",
    "unexplained": "unexplained",
}

Requests = Annotated[
    list[Path] | None,
    typer.Option(help="Request log of a provider, or a directory that holds some. May be repeated."),
]


def audit_command(requests: Requests = None, as_json: AsJson = False) -> None:
    """Compare the ledger with the providers' logs and count every broken promise.

    Exits with 1 if anything is not 0. Run it when nothing is being sent. Without --requests it checks the rows alone.
    """
    report = _audited(requests or [])
    if as_json:
        show_json(
            {
                "clean": report.is_clean,
                "findings": [asdict(finding) | {"sentence": finding.sentence} for finding in report.findings],
                "totals": asdict(report.totals),
                "faults": dict(report.faults),
            }
        )
    else:
        for shown in tables(report):
            out.print(shown)
        if not report.with_records:
            remark("Only the rows were checked. Name the providers' logs with --requests to check what was sent.")
    if not report.is_clean:
        raise typer.Exit(1)


def tables(report: AuditReport) -> tuple[Table, Table]:
    """Return the findings and the totals as two tables."""
    found = Table(title="What must hold", title_justify="left", title_style="bold", header_style="bold")
    found.add_column("")
    found.add_column("promise", overflow="fold")
    found.add_column("broken", justify="right")
    found.add_column("for example", overflow="fold")
    for finding in report.findings:
        style = "red" if finding.bad else None
        found.add_row(finding.invariant, finding.sentence, str(finding.bad), "\n".join(finding.examples), style=style)
    totals = Table(title="Totals", title_justify="left", title_style="bold", show_header=False)
    totals.add_column()
    totals.add_column(justify="right")
    for name, count in asdict(report.totals).items():
        if report.with_records or name not in ("provider_acceptances", "duplicates", "lost"):
            totals.add_row(TOTALS[name], str(count))
    for fault, count in sorted(report.faults.items()):
        totals.add_row(f"fault injected: {fault}", str(count))
    return found, totals


def _audited(places: Sequence[Path]) -> AuditReport:
    with remarks.status("comparing the ledger with the providers' logs"), database_access.engine() as engine:
        if not places:
            return audit(engine, None)
        try:
            return audit(engine, read_record(log_files(places)))
        except ValueError as error:
            raise Problem(str(error)) from None
