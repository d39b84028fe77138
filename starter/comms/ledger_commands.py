"""`comms ledger`, `reconcile`, `release-ledger`: after the database was restored, failed over or replaced."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.inquiring import doing, watched
from starter.comms.showing import AsJson, moment, out, remark, show_json, table
from starter.comms.spans import moment_of

PATH = "/v1/ledger"
AFTERWARDS = "what came in"
WHY = {
    "replaced": "the database was restored, failed over or replaced",
    "epoch_raised": "COMMS_DATABASE__EPOCH was raised",
    "missing": "its row in ledger_epoch was missing",
}
FOUND = {
    "read": "messages in the provider's list of what was sent",
    "bound": "had left and are now recorded as sent",
    "foreign_new": "of the provider's messages are explained by no row",
    "foreign_known": "all such messages since then, with those of earlier comparisons",
    "to_person": "waiting messages may have left; each is a task and held until it is closed",
    "inbound": "received texts were missing and are taken in",
}

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; you have read the report.")]


def ledger(key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show whether the ledger is whole, and what the newest reconciliation has found."""
    found = api_client.get(url, key, PATH)
    if as_json:
        show_json(found)
        return
    out.print(table("The ledger", ("", ""), _lines(found)))
    _show_report(found["reconciliation"])


def reconcile(
    since: Annotated[
        str, typer.Option(help="From when on rows may be missing: a moment (2026-11-21T10:00:00Z) or a span back (2h).")
    ],
    release: Annotated[bool, typer.Option("--release", help="Offer to release the ledger afterwards.")] = False,
    yes: Yes = False,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Compare the ledger with the providers, have what came in read again, and show what was found.

    Safe to repeat. It may be broken off: the worker goes on with it, and `comms ledger` shows its report.
    """
    asked = api_client.post(url, key, f"{PATH}/reconciliation", {"since": moment_of(since).isoformat()})
    done = watched(url, key, f"{PATH}/reconciliation/{asked['id']}", AFTERWARDS)
    if as_json:
        show_json(done)
    else:
        _show_report(done)
    if release:
        release_ledger(yes, key, url, as_json=False)


def release_ledger(yes: Yes = False, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Let sending to contacts go on after a reconciliation. Every message passes every check again before it leaves."""
    found = api_client.get(url, key, PATH)
    if _is_whole(found):
        remark("The ledger is not held.")
        return
    if not yes:
        remark("Whatever waits may leave from then on. What the comparison has not recorded as sent may be sent again.")
        typer.confirm("Have you read the report, and shall sending go on?", abort=True, err=True)
    released = api_client.post(url, key, f"{PATH}/release", {})
    if as_json:
        show_json(released)
    remark("The ledger is released; every open run looks at its rows anew.")


def _show_report(found: dict[str, Any] | None) -> None:
    if found is None:
        remark("No reconciliation was asked for yet.")
        return
    report = found["report"]
    if report is None:
        remark(f"A reconciliation since {moment(found['since'])} UTC is under way: {doing(found, AFTERWARDS)}")
        return
    title = f"Compared with the providers since {moment(found['since'])} UTC"
    out.print(table(title, ("", ""), [(report[name], said) for name, said in FOUND.items()]))
    rowless = report["workflows_without_rows"]
    if rowless is None:
        remark("Temporal did not answer, so workflows whose rows are lost were not looked for.")
    elif rowless:
        out.print(table("Workflows without rows: enter their leads again", ("run",), [(run,) for run in rowless]))
    if report["to_person"]:
        remark("Decide the tasks of the kind possible_duplicate: comms tasks")


def _is_whole(found: dict[str, Any]) -> bool:
    as_released: bool = found["incarnation_fits"] and found["epoch"] == found["epoch_of_settings"]
    return as_released and found["held_since"] is None


def _lines(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if found["held_since"]:
        yield "held", f"since {moment(found['held_since'])} UTC: {WHY.get(found['reason'], found['reason'])}"
        if found["last_line_at"]:
            yield "newest line from before", f"{moment(found['last_line_at'])} UTC; rows after it may be missing"
    elif _is_whole(found):
        yield "whole", f"released by {found['released_by']} at {moment(found['since'])} UTC"
    else:
        yield "not whole", "it is not the database, or not the epoch, that was released; nothing is sent to contacts"
    yield "epoch", f"{found['epoch']}, in the settings of the API {found['epoch_of_settings']}"
