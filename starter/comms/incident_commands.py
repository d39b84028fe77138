"""`comms incident …`: opened with what it touches held, told to clients by promised times, resolved, summed up."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.words import Advice, Affected, ReasonForClients
from models.plurals import counted
from models.terms import RunKind
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.incident_words import Internal, NextUpdate, Proof, Touch, Words, telling
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

PATH = "/v1/incidents"
app = typer.Typer(
    cls=PlainSpoken, no_args_is_help=True, help="Incidents: what is wrong, for whom, and what they were told."
)
Which = Annotated[str, typer.Argument(metavar="INCIDENT", help="Id of the incident.")]


@app.command("open")
def open_one(
    title: Annotated[str, typer.Argument(help="For colleagues only. Needed, unless it is opened from a pause.")] = "",
    client: Annotated[
        list[str] | None,
        typer.Option(autocompletion=completing.clients, help="Whom it concerns; may be given several times."),
    ] = None,
    severity: Annotated[IncidentSeverity, typer.Option(help="What it means for them.")] = IncidentSeverity.MINOR,
    reason: Annotated[ReasonForClients | None, typer.Option(help="What clients read instead of the cause.")] = None,
    affected: Annotated[Affected, typer.Option(help="What does not work for them.")] = Affected.FOLLOW_UPS,
    advice: Annotated[Advice, typer.Option(help="What they should do meanwhile.")] = Advice.NOTHING,
    calls_affected: Annotated[
        bool, typer.Option("--calls-affected", help="Incoming calls and forms are affected too.")
    ] = False,
    touches: Annotated[Touch, typer.Option(help="What it pauses.")] = Touch.CLIENTS,
    kind: Annotated[RunKind | None, typer.Option(help="Pause only this kind of workflow.")] = None,
    provider: Annotated[
        str | None, typer.Option(help="Pause only what goes through this provider, twilio or ses.")
    ] = None,
    from_pause: Annotated[
        str | None, typer.Option(help="Open it from this automatic pause; its evidence is kept.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="The incident owner; you, if nobody is named.")] = None,
    words: Words = "",
    note: Internal = "",
    proof: Proof = "",
    draft: Annotated[
        bool, typer.Option("--draft", help="Only enter it; nothing is paused, no client hears of it.")
    ] = False,
    idempotency_key: Annotated[str | None, typer.Option(help="Repeat a request under its own key.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Open an incident: what it touches is held, and its clients are told. Prints its id."""
    body: dict[str, Any] = {
        "title": title, "clients": client or [], "severity": severity, "affected": affected, "advice": advice, "words": words,
        "note": note, "draft": draft, "calls_affected": calls_affected, "owner": owner,
        "nothing_lost_proof": proof,
    }  # fmt: skip
    body |= {"reason": reason} if reason is not None else {}
    body |= {"from_pause": str(uuid(from_pause, "a pause"))} if from_pause is not None else {}
    if (scopes := _touches(touches, kind, provider)) is not None:
        body["touches"] = scopes
    done = api_client.post(url, key, PATH, body, idempotency_key or uuid4().hex)
    if as_json:
        show_json(done)
        return
    out.print(done["id"])
    held = done["held"]
    remark(f"{done['state']}: holds {_held(held)}")
    if held["in_flight"]:
        remark(f"Claimed before, may still arrive: {', '.join(held['in_flight'])}")
    if done["first_notice_due"]:
        remark(f"The first notice is due {moment(done['first_notice_due'])} UTC. `comms incident show {done['id']}`")


@app.command()
def update(
    incident: Which,
    words: Words = "",
    internal: Internal = "",
    next_update: NextUpdate = None,
    proof: Proof = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Tell clients more while it stays where it is."""
    _tell(url, key, f"{PATH}/{_id(incident)}/updates", telling(words, internal, next_update, proof))


@app.command()
def move(
    incident: Which,
    to: Annotated[IncidentState, typer.Argument(help="Where it moves.")],
    reason: Annotated[str, typer.Option(help="Needed to go back to investigating.")] = "",
    words: Words = "",
    internal: Internal = "",
    next_update: NextUpdate = None,
    proof: Proof = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Move it and tell its clients: forward by any step, back to investigating with a reason. A draft is opened."""
    body = telling(words, internal, next_update, proof) | {"to": to, "reason": reason}
    _tell(url, key, f"{PATH}/{_id(incident)}/move", body)


@app.command()
def resolve(
    incident: Which,
    words: Words = "",
    internal: Internal = "",
    proof: Proof = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Tell clients that it is over. What it holds is let go once its preview is approved."""
    body = telling(words, internal, None, proof)
    _tell(url, key, f"{PATH}/{_id(incident)}/resolve", body)


@app.command()
def reopen(
    incident: Which,
    reason: Annotated[str, typer.Option(help="Why it is investigated again; clients were told otherwise.")],
    words: Words = "",
    internal: Internal = "",
    next_update: NextUpdate = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Investigate it again, up to 24 hours after it was resolved, and tell its clients. What it held is not held again."""
    _tell(url, key, f"{PATH}/{_id(incident)}/reopen", telling(words, internal, next_update) | {"reason": reason})


@app.command()
def resume(
    incident: Which,
    per_second: Annotated[float | None, typer.Option(help="How many messages may leave per second.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Ask for the approval of letting go what it holds; an approver sees the preview."""
    _tell(url, key, f"{PATH}/{_id(incident)}/resume", {"per_second": per_second})


@app.command()
def summary(
    incident: Which,
    words: Annotated[str, typer.Argument(help="What happened, what was done and what changes.")],
    internal: Internal = "",
    proof: Proof = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Write the summary of a resolved incident. Published, it ends the incident."""
    body = telling(words, internal, None, proof)
    _tell(url, key, f"{PATH}/{_id(incident)}/summary", body)


@app.command()
def note(
    incident: Which, text: Annotated[str, typer.Argument(help="For colleagues.")], key: ApiKey = "", url: ApiUrl = LOCAL
) -> None:
    """Note something for colleagues. No client reads it."""
    _tell(url, key, f"{PATH}/{_id(incident)}/notes", {"text": text})


@app.command()
def cancel(incident: Which, key: ApiKey = "", url: ApiUrl = LOCAL) -> None:
    """Drop a draft."""
    _tell(url, key, f"{PATH}/{_id(incident)}/cancel", {})


@app.command("list")
def list_all(
    state: Annotated[IncidentState | None, typer.Option(help="Only these.")] = None,
    client: Annotated[
        str | None, typer.Option(autocompletion=completing.clients, help="Only those that concern this client.")
    ] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show incidents, the newest first."""
    found = api_client.get(url, key, PATH, {"state": state, "client": client})
    if as_json:
        show_json(found)
        return
    columns = ("incident", "what", "state", "clients", "owner", "next word due (UTC)")
    out.print(table("Incidents", columns, [_line(one) for one in found], whole="incident"))


@app.command()
def show(incident: Which, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show one with all that colleagues wrote beside what clients could read."""
    found = api_client.get(url, key, f"{PATH}/{_id(incident)}")
    if as_json:
        show_json(found)
        return
    held = found["held"]
    out.print(f"{found['title']}: {found['state']}, {found['severity']}, owner {found['owner']}", markup=False)
    out.print(f"Clients read: {found['client_safe_status']}.", markup=False)
    out.print(f"Holds {_held(held)}", markup=False)
    out.print(
        table("What happened", ("at (UTC)", "what", "for colleagues", "for clients"), map(_entry, found["timeline"]))
    )


def _id(incident: str) -> str:
    return str(uuid(incident, "an incident"))


def _touches(touches: Touch, kind: RunKind | None, provider: str | None) -> list[dict[str, str]] | None:
    named = [("kind", kind), ("provider", provider)]
    if scopes := [{"scope": scope, scope: name} for scope, name in named if name is not None]:
        return scopes
    return {Touch.CLIENTS: None, Touch.NOTHING: [], Touch.EVERYTHING: [{"scope": "everything"}]}[touches]


def _tell(url: str, key: str, path: str, body: dict[str, Any]) -> None:
    done = api_client.post(url, key, path, body)
    due = done["next_update_due"] or (done["summary_due"] if done["state"] == IncidentState.RESOLVED else None)
    promised = f", next word due {moment(due)} UTC" if due else ""
    remark(f"{done['title']}: {done['state']}, update {done['update'] or 0}{promised}")


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    clients = ", ".join(found["client"] for found in one["clients"])
    due = one["summary_due"] if one["state"] == IncidentState.RESOLVED else one["next_update_due"]
    return one["id"], f"{one['severity']}: {one['title']}", one["state"], clients, one["owner"], moment(due)


def _entry(entry: dict[str, Any]) -> tuple[object, ...]:
    shown = "\n".join(
        f"{one['client']} ({one['state']}, {counted(one['messages'], 'message')}): {one['title']}"
        for one in entry["shown"]
    )
    return moment(entry["at"]), f"{entry['what']}\n{entry['by']}", entry["internal"] or None, shown or None


def _held(held: dict[str, Any]) -> str:
    return f"{counted(held['messages'], 'message')} of {counted(held['runs'], 'run')}, {held['due']} of them due."
