"""`comms correct`: write to a lead once more, because what a rolled-back run has sent cannot be recalled."""

import hashlib
from typing import Annotated

import typer

from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id
from starter.comms.problems import Misunderstood
from starter.comms.run_commands import RunArgument
from starter.comms.showing import AsJson, remark, show_json


def correct(
    run: RunArgument,
    sms: Annotated[str, typer.Option(help="What the text says.")] = "",
    email: Annotated[str, typer.Option(help="What the email says; with --subject.")] = "",
    subject: Annotated[str, typer.Option(help="Of the email.")] = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Correct what a rolled-back run has sent. An approver approves the wording. The same command again starts nothing."""
    wording = [{"channel": "sms", "body": sms}] if sms else []
    wording += [{"channel": "email", "subject": subject, "body": email}] if email else []
    if not wording:
        raise Misunderstood("Say what is right: --sms, or --email with --subject.")
    identity = run_id(run)
    derived = hashlib.sha256("\x1f".join((str(identity), sms, subject, email)).encode()).hexdigest()
    made = api_client.post(url, key, f"/v1/runs/{identity}/corrections", {"wording": wording}, f"comms-{derived}")
    if as_json:
        show_json(made)
        return
    remark(f"Run {made['run_id']} corrects it once its wording is approved. `comms approvals` shows what waits.")
