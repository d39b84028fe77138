"""An audit against the providers' lists, which only the worker may read: asked for through the API, shown as any other."""

from collections.abc import Mapping
from typing import Any

from models.audit import AuditReport, Finding, Totals
from models.plurals import counted
from starter.comms import api_client
from starter.comms.inquiring import watched
from starter.comms.showing import moment, remark
from starter.comms.spans import moment_of

PATH = "/v1/audits"


def audited_by_worker(since: str | None, key: str, url: str) -> dict[str, Any]:
    """Ask for an audit, wait for it, and return it as the API shows it.

    Raises:
        Problem: it is not clear since when, or the API refused.
    """
    asked = api_client.post(url, key, PATH, {"since": moment_of(since).isoformat()} if since else {})
    return watched(url, key, f"{PATH}/{asked['id']}", then="the rows are compared")


def report_of(found: Mapping[str, Any]) -> AuditReport:
    """Return the report of a finished audit."""
    said = found["report"]
    findings = (Finding(one["invariant"], one["bad"], tuple(one["examples"])) for one in said["findings"])
    return AuditReport(tuple(findings), Totals(**said["totals"]), with_records=bool(said["providers"]))


def tell_coverage(found: Mapping[str, Any]) -> None:
    """Say what was compared, and what could not be."""
    said = found["report"]
    if not said["providers"]:
        remark("No provider that keeps a list is set up, so only the rows were checked.")
        return
    remark(
        f"Compared with the list of {' and '.join(said['providers'])}: {counted(found['read'], 'message')} sent, from "
        f"{moment(found['since'])} to {moment(said['until'])} UTC. Amazon SES keeps no list: of email only the rows were checked."
    )
