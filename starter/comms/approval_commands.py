"""`comms approve` and `comms reject`: a decision on exact wording, under the approver's own key."""

from typing import Annotated, Any

import typer

from models.terms import DecisionKind
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.showing import AsJson, moment, out, remark, show_json, table
from starter.comms.wording_commands import COLUMNS, row

PATH = "/v1/approvals"
ApprovalArgument = Annotated[str, typer.Argument(metavar="APPROVAL", help="Id of the approval.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; you have read the wording.")]
ContentHash = Annotated[
    str | None,
    typer.Option(help="Hash of the wording you have read; refused if it has changed since. By default the one shown."),
]


def approvals(
    approval: Annotated[str | None, typer.Argument(metavar="APPROVAL", help="Show this one in full.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List what waits for a decision, the most urgent first; or show one with its wording, who decided, and who was refused."""
    found = api_client.get(url, key, f"{PATH}/{uuid(approval, 'an approval')}" if approval else PATH)
    if as_json:
        show_json(found)
        return
    if approval:
        _show(found)
        decided = (
            (moment(one["at"]), one["approver"], one["decision"], one["through"], one["reason"])
            for one in found["decisions"]
        )
        out.print(table(f"Decisions: {found['state']}", ("at (UTC)", "who", "decision", "through", "reason"), decided))
        if found["attempts"]:
            refused = ((moment(one["at"]), one["actor"], one["through"], one["why"]) for one in found["attempts"])
            out.print(table("Attempts that were refused", ("at (UTC)", "who", "through", "why"), refused))
        return
    columns = ("approval", "client", "what", "review", "approver", "asked by", "asked (UTC)", "expires (UTC)")
    out.print(table("What waits for a decision", columns, (_line(one) for one in found), whole="approval"))


def approve(
    approval: ApprovalArgument,
    reason: Annotated[str, typer.Option(help="Kept with the decision.")] = "read and approved",
    yes: Yes = False,
    content_hash: ContentHash = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Approve the wording that an approval shows."""
    _decide(DecisionKind.APPROVE, approval, reason, yes, content_hash, key, url, as_json)


def reject(
    approval: ApprovalArgument,
    reason: Annotated[str, typer.Option(help="What is wrong with it; kept with the decision.")],
    yes: Yes = False,
    content_hash: ContentHash = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Reject the wording that an approval shows."""
    _decide(DecisionKind.REJECT, approval, reason, yes, content_hash, key, url, as_json)


def _decide(
    decision: DecisionKind,
    approval: str,
    reason: str,
    yes: bool,
    content_hash: str | None,
    key: str,
    url: str,
    as_json: bool,
) -> None:
    identity = uuid(approval, "an approval")
    shown = api_client.get(url, key, f"{PATH}/{identity}")
    if as_json and not (yes and content_hash):
        raise typer.BadParameter("--json is for programs, which cannot be asked: give --yes and --content-hash too")
    if not as_json:
        _show(shown)
    if not yes:
        typer.confirm(f"{decision.value.capitalize()} this wording?", abort=True, err=True)
    body = {"decision": decision.value, "content_hash": content_hash or shown["content_hash"], "reason": reason}
    decided = api_client.post(url, key, f"{PATH}/{identity}/decision", body)
    if as_json:
        show_json(decided)
        return
    ended = "" if decided["takes_effect"] else " The run has ended, so it changes nothing."
    remark(f"The decision is recorded. The approval is now {decided['state']}.{ended}")


def _show(shown: dict[str, Any]) -> None:
    for text in shown["wording"]:
        out.print(_text(text), markup=False)
    if shown["findings"]:
        out.print(table("Found in it", ("step", *COLUMNS), ([one["step"], *row(one)] for one in shown["findings"])))


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    return (
        one["id"], one["client"], one["title"] or one["subject"], one["review"], one["approver"], one["requested_by"],
        moment(one["requested_at"]), moment(one["expires_at"]),
    )  # fmt: skip


def _text(text: dict[str, Any]) -> str:
    head = " ".join(part for part in (text["channel"], "step", text["step"], text["to"] and f"to {text['to']}") if part)
    subject = f"Subject: {text['subject']}\n" if text["subject"] else ""
    return f"[{head}]\n{subject}{text['body']}\n"
