"""The `comms` command: what staff and engineers do from a shell."""

import typer

from starter.comms import (
    client_commands,
    consent_commands,
    contact_commands,
    database_commands,
    draft_commands,
    handoff_commands,
    inbox_commands,
    incident_commands,
    lead_commands,
    ledger_commands,
    library_commands,
    measure_commands,
    output_commands,
    pause_commands,
    post_commands,
    report_commands,
    review_commands,
    rule_commands,
    run_commands,
    source_commands,
    staff_commands,
    task_commands,
    template_commands,
    wording_commands,
)
from starter.comms.approval_commands import approve, reject
from starter.comms.audit_command import audit_command
from starter.comms.composed import brought_along
from starter.comms.correct_command import correct
from starter.comms.explain_command import explain_command
from starter.comms.export_command import export_command
from starter.comms.import_command import import_command
from starter.comms.outcome_command import outcome
from starter.comms.problems import PlainSpoken
from starter.comms.record_command import record_command
from starter.comms.replay_command import replay_command
from starter.comms.resume_command import resume
from starter.comms.rollback_command import roll_back
from starter.comms.simulate_command import simulate_command
from starter.comms.start_command import start

PEOPLE = "Daily work, through the API under your own key"
ENGINEERS = "Looking into it"
RESTORED = "After the database was restored"
HERE = "The whole service on this machine"
SET_UP = "Setting up, on the database itself"

app = typer.Typer(
    cls=PlainSpoken,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Client communications: start, follow, approve, hold, explain and audit them.",
)
app.command(rich_help_panel=PEOPLE)(start)
app.command("import", rich_help_panel=PEOPLE)(import_command)
app.command(rich_help_panel=PEOPLE)(lead_commands.leads)
app.command("complete-lead", rich_help_panel=PEOPLE)(lead_commands.complete_lead)
app.command("close-lead", rich_help_panel=PEOPLE)(lead_commands.close_lead)
app.command(rich_help_panel=PEOPLE)(run_commands.runs)
app.command(rich_help_panel=PEOPLE)(task_commands.tasks)
app.command(rich_help_panel=PEOPLE)(task_commands.read)
app.command(rich_help_panel=PEOPLE)(task_commands.assign)
app.command(rich_help_panel=PEOPLE)(task_commands.resolve)
app.command(rich_help_panel=PEOPLE)(task_commands.release)
app.command("opt-out", rich_help_panel=PEOPLE)(task_commands.opt_out)
app.command(rich_help_panel=PEOPLE)(task_commands.close)
app.add_typer(consent_commands.app, name="consent", rich_help_panel=PEOPLE)
app.command(rich_help_panel=PEOPLE)(handoff_commands.handoffs)
app.command(rich_help_panel=PEOPLE)(outcome)
app.command("hand-over", rich_help_panel=PEOPLE)(handoff_commands.hand_over)
app.command(rich_help_panel=PEOPLE)(approve)
app.command(rich_help_panel=PEOPLE)(reject)
app.command(rich_help_panel=PEOPLE)(pause_commands.pauses)
app.command(rich_help_panel=PEOPLE)(pause_commands.pause)
app.command(rich_help_panel=PEOPLE)(resume)
app.add_typer(incident_commands.app, name="incident", rich_help_panel=PEOPLE)
app.command(rich_help_panel=PEOPLE)(run_commands.stop)
app.command("roll-back", rich_help_panel=PEOPLE)(roll_back)
app.command(rich_help_panel=PEOPLE)(correct)
app.add_typer(review_commands.app, name="reviews", rich_help_panel=PEOPLE)
app.command(rich_help_panel=PEOPLE)(output_commands.outputs)
app.command(rich_help_panel=PEOPLE)(measure_commands.measures)
app.command("export", rich_help_panel=PEOPLE)(export_command)
app.command("explain", rich_help_panel=ENGINEERS)(explain_command)
app.command("audit", rich_help_panel=ENGINEERS)(audit_command)
app.command("replay", rich_help_panel=ENGINEERS)(replay_command)
app.command("record", rich_help_panel=ENGINEERS)(record_command)
app.command("simulate", rich_help_panel=ENGINEERS)(simulate_command)
app.command("ledger", rich_help_panel=RESTORED)(ledger_commands.ledger)
app.command("reconcile", rich_help_panel=RESTORED)(ledger_commands.reconcile)
app.command("release-ledger", rich_help_panel=RESTORED)(ledger_commands.release_ledger)
app.add_typer(rule_commands.app, name="rules", rich_help_panel=PEOPLE)
app.add_typer(contact_commands.app, name="contacts", rich_help_panel=PEOPLE)
app.add_typer(post_commands.app, name="posts", rich_help_panel=PEOPLE)
app.add_typer(inbox_commands.app, name="inbox", rich_help_panel=ENGINEERS)
app.add_typer(database_commands.app, name="database", rich_help_panel=SET_UP)
app.add_typer(library_commands.app, name="library", rich_help_panel=SET_UP)
app.add_typer(report_commands.app, name="reports", rich_help_panel=PEOPLE)
app.add_typer(draft_commands.app, name="drafts", rich_help_panel=PEOPLE)
app.add_typer(template_commands.app, name="templates", rich_help_panel=PEOPLE)
app.add_typer(wording_commands.app, name="wording", rich_help_panel=PEOPLE)
app.add_typer(source_commands.app, name="sources", rich_help_panel=PEOPLE)
app.add_typer(client_commands.app, name="client", rich_help_panel=SET_UP)
app.add_typer(staff_commands.app, name="staff", rich_help_panel=SET_UP)

for name, command in brought_along().items():
    app.command(name, rich_help_panel=HERE)(command)


def main() -> None:
    """Run the command `comms`."""
    app(prog_name="comms")


if __name__ == "__main__":
    main()
