"""The `comms` command: what staff and engineers do from a shell. Here is the list; a command is loaded when it is called."""

from typing import Annotated

import typer

from starter.comms.composed import brought_along
from starter.comms.plain_spoken import listed
from starter.release import release

COMMANDS = {
    "Daily work, through the API under your own key": {
        "start": "starter.comms.start_command:start",
        "import": "starter.comms.import_command:import_command",
        "leads": "starter.comms.lead_commands:leads",
        "complete-lead": "starter.comms.lead_commands:complete_lead",
        "close-lead": "starter.comms.lead_commands:close_lead",
        "runs": "starter.comms.run_commands:runs",
        "tasks": "starter.comms.task_commands:tasks",
        "read": "starter.comms.task_commands:read",
        "assign": "starter.comms.task_commands:assign",
        "resolve": "starter.comms.task_commands:resolve",
        "release": "starter.comms.task_commands:release",
        "opt-out": "starter.comms.task_commands:opt_out",
        "close": "starter.comms.task_commands:close",
        "handoffs": "starter.comms.handoff_commands:handoffs",
        "outcome": "starter.comms.outcome_command:outcome",
        "hand-over": "starter.comms.handoff_commands:hand_over",
        "approvals": "starter.comms.approval_commands:approvals",
        "approve": "starter.comms.approval_commands:approve",
        "reject": "starter.comms.approval_commands:reject",
        "pauses": "starter.comms.pause_commands:pauses",
        "pause": "starter.comms.pause_commands:pause",
        "resume": "starter.comms.resume_command:resume",
        "stop": "starter.comms.run_commands:stop",
        "roll-back": "starter.comms.rollback_command:roll_back",
        "correct": "starter.comms.correct_command:correct",
        "outputs": "starter.comms.output_commands:outputs",
        "measures": "starter.comms.measure_commands:measures",
        "export": "starter.comms.export_command:export_command",
        "consent": "starter.comms.consent_commands:app",
        "incident": "starter.comms.incident_commands:app",
        "reviews": "starter.comms.review_commands:app",
        "rules": "starter.comms.rule_commands:app",
        "contacts": "starter.comms.contact_commands:app",
        "posts": "starter.comms.post_commands:app",
        "reports": "starter.comms.report_commands:app",
        "drafts": "starter.comms.draft_commands:app",
        "templates": "starter.comms.template_commands:app",
        "wording": "starter.comms.wording_commands:app",
        "sources": "starter.comms.source_commands:app",
    },
    "Looking into it": {
        "explain": "starter.comms.explain_command:explain_command",
        "audit": "starter.comms.audit_command:audit_command",
        "replay": "starter.comms.replay_command:replay_command",
        "record": "starter.comms.record_command:record_command",
        "simulate": "starter.comms.simulate_command:simulate_command",
        "inbox": "starter.comms.inbox_commands:app",
    },
    "After the database was restored": {
        "ledger": "starter.comms.ledger_commands:ledger",
        "reconcile": "starter.comms.ledger_commands:reconcile",
        "release-ledger": "starter.comms.ledger_commands:release_ledger",
    },
    "The whole service on this machine": brought_along(),
    "Setting up, on the database itself": {
        "database": "starter.comms.database_commands:app",
        "library": "starter.comms.library_commands:app",
        "client": "starter.comms.client_commands:app",
        "staff": "starter.comms.staff_commands:app",
    },
}

app = listed(COMMANDS, "Client communications: start, follow, approve, hold, explain and audit them.")


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"comms {release()}")
        raise typer.Exit


@app.callback()
def comms(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Leave everything to the command that follows."""


def main() -> None:
    """Run the command `comms`."""
    app(prog_name="comms")


if __name__ == "__main__":
    main()
