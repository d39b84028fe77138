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
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.problems import Misunderstood, Problem
from starter.comms.provider_audit import audited_by_worker, report_of, tell_coverage
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
    "provider_acceptances": "acceptances that the providers know of",
    "duplicates": "duplicates",
    "lost": "lost",
    "unexplained": "unexplained",
}

Requests = Annotated[
    list[Path] | None,
    typer.Option(help="Request log of a provider, or a directory that holds some. May be repeated."),
]


Providers = Annotated[
    bool, typer.Option("--providers", help="Have the worker read the providers' own lists, as it does every night.")
]
Since = Annotated[
    str | None,
    typer.Option(
        help="With --providers: from when on, a moment (2026-11-21T10:00:00Z) or a span back (24h). If not given, 25 hours or more."
    ),
]


def audit_command(
    requests: Requests = None,
    providers: Providers = False,
    since: Since = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Count every broken promise, and exit with 1 if there is any.

    Without an option: the rows alone, on the database itself.

    With --requests: also against the stand-ins' request logs, when nothing is being sent.

    With --providers: against the lists that the providers keep in production, at any time.
    The worker reads them; the API is asked for it under your key.
    """
    if providers and requests or since and not providers:
        raise Misunderstood("Either --requests or --providers; --since belongs to --providers.")
    if providers:
        found = audited_by_worker(since, key, url)
        report = report_of(found)
        shown = found["report"] | {"audit": found["id"], "since": found["since"], "read": found["read"]}
    else:
        report = _audited(requests or [])
        shown = report.as_json()
    if as_json:
        show_json(shown)
    else:
        for part in tables(report):
            out.print(part)
        if providers:
            tell_coverage(found)
        elif not report.with_records:
            remark(
                "Only the rows were checked. What was sent is checked with --providers or, of stand-ins, --requests."
            )
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
        timers = database_access.timers()
        if not places:
            return audit(engine, None, timers)
        try:
            return audit(engine, read_record(log_files(places)), timers)
        except ValueError as error:
            raise Problem(str(error)) from None
