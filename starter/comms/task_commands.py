"""`comms tasks`, `read`, `assign`, `resolve`, `release`, `opt-out`, `close`: what only a person can decide."""

from typing import Annotated, Any

import typer

from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id, uuid
from starter.comms.problems import Misunderstood
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="Id of the task.")]
InboxArgument = Annotated[str, typer.Argument(metavar="INBOX", help="Id of what came in, as the task names it.")]


def tasks(
    owner: Annotated[str | None, typer.Option(help="Only tasks of this member of staff.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """List what people must decide or do, oldest first."""
    found = api_client.get(url, key, "/v1/tasks", {"owner": owner})
    if as_json:
        show_json(found)
        return
    columns = ("task", "kind", "owner", "what to do", "about", "since (UTC)", "due (UTC)")
    out.print(table("Tasks", columns, (_task(row) for row in found), whole="task"))


def read(inbox: InboxArgument, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Read what came in and is with a person: a text of an unknown sender, a doubtful opt-out."""
    found = api_client.get(url, key, f"/v1/inbox/{uuid(inbox, 'what came in')}")
    if as_json:
        show_json(found)
        return
    remark(f"{found['kind']} through {found['source']}, {moment(found['at'])} UTC, from {found['sender'] or 'unknown'}")
    out.print(found["text"] if found["text"] is not None else found["content"], markup=False, soft_wrap=True)


def assign(
    inbox: InboxArgument,
    run: Annotated[str | None, typer.Option(help="The run that it answers.")] = None,
    lead: Annotated[str | None, typer.Option(help="The lead who wrote it.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Assign a text or an email of an unknown sender to a lead; it takes the effect of their reply."""
    if (run is None) == (lead is None):
        raise Misunderstood("Name the run or the lead: --run RUN or --lead LEAD.")
    body = {"run_id": str(run_id(run))} if run else {"lead_id": str(uuid(str(lead), "a lead"))}
    api_client.post(url, key, f"/v1/inbox/{uuid(inbox, 'what came in')}/assign", body)
    remark("Taken in as their reply.")


def resolve(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of the message in doubt.")],
    was_sent: Annotated[str | None, typer.Option(metavar="ID", help="It was sent; the provider's id of it.")] = None,
    not_sent: Annotated[bool, typer.Option("--not-sent", help="The provider has no record of it; close it.")] = False,
    send_again: Annotated[
        bool, typer.Option("--send-again", help="Ask for it to be sent again, or agree to what somebody else asked.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option(help="Why it should be sent again. No names, numbers or addresses.")
    ] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Say what became of a message in doubt, after looking at the provider, or ask for it to be sent again.

    Sending again takes two people: it is asked for by one and confirmed by another, each with this command and their own
    key. The provider is then looked at once more, and the message leaves only if there is no trace of it. Exit code 0 if
    the answer was taken or had been given before, 1 if it was refused.
    """
    if [was_sent is not None, not_sent, send_again].count(True) != 1:
        raise Misunderstood("Say one thing: --was-sent ID, --not-sent or --send-again.")
    said = {"answer": "send_again" if send_again else "not_sent" if not_sent else "was_sent"}
    given = {"provider_message_id": was_sent, "reason": reason}
    body = said | {name: value for name, value in given.items() if value is not None}
    answer = api_client.post(url, key, f"/v1/messages/{uuid(message, 'a message')}/resolution", body)
    remark(answer["in_words"])


def release(task: TaskArgument, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Let messages go to an address again: the reply was no opt-out."""
    _decide("released", task, key, url)


def opt_out(task: TaskArgument, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Record that a doubtful reply was an opt-out."""
    _decide("revoked", task, key, url)


def close(
    task: TaskArgument,
    note: Annotated[str, typer.Option(help="What was done. No names, numbers or addresses.")],
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Close a task that is done."""
    api_client.post(url, key, f"/v1/tasks/{uuid(task, 'a task')}/close", {"note": note})
    remark("The task is closed.")


def _decide(status: str, task: str, key: str, url: str) -> None:
    body = {"task": str(uuid(task, "a task")), "status": status}
    answer = api_client.post(url, key, "/v1/consent", body)
    remark(f"The address is {answer['status']}; the task is closed.")
    if answer["in_flight"]:
        remark(f"Claimed before, may still arrive: {', '.join(answer['in_flight'])}")


def _task(row: dict[str, Any]) -> tuple[object, ...]:
    about = {"message": row["message_id"], "inbox": row["evidence"].get("inbox"), "run": row["run_id"]}
    named = next((f"{what} {identity}" for what, identity in about.items() if identity), None)
    what = f"{row['instruction']} {row['pending'] or ''}".rstrip()
    return row["id"], row["kind"], row["owner"], what, named, moment(row["opened_at"]), moment(row["due_at"])
