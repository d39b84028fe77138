"""`comms reports`: what is reported to whom, how fresh its sources are, what each digest rests on."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from models.digests.periods import Cadence
from models.digests.sources import SourceName
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.showing import AsJson, moment, out, remark, show_json, table

PATH, DIGESTS = "/v1/reports", "/v1/report-digests"
app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="Reports to clients: set up, make, look into, connect.")
Client = Annotated[str, typer.Argument(help="Key of the client.")]
Report = Annotated[str, typer.Argument(metavar="REPORT", help="Id of the report.")]
Location = Annotated[str, typer.Option(help="Which place it covers; all of them if left out.")]


@app.command("list")
def list_reports(
    client: Annotated[str | None, typer.Option(autocompletion=completing.clients, help="Only this client's.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show every report, how often it is made and from what."""
    found = api_client.get(url, key, PATH, {"client": client})
    columns = ("id", "client", "project", "made", "zone", "required", "optional", "owner", "on")
    _show(found, as_json, "Reports", columns, _report, whole="id")


@app.command("set")
def set_report(
    client: Client,
    project: Annotated[str, typer.Argument(help="Short name of the project.")],
    cadence: Annotated[Cadence, typer.Argument(help="How often.")],
    owner: Annotated[str, typer.Option(help="The account manager.")],
    escalation_owner: Annotated[str, typer.Option(help="Who is told if nobody decides.")],
    approver: Annotated[str, typer.Option(help="Who says whether it is right.")],
    privacy_reviewer: Annotated[str, typer.Option(help="Who says whether it may be seen; somebody else.")],
    required: Annotated[list[SourceName], typer.Option(help="Without it there is no report; repeatable.")],
    optional: Annotated[list[SourceName] | None, typer.Option(help="Repeatable.")] = None,
    name: Annotated[str, typer.Option(help="What the project is called.")] = "",
    active: Annotated[bool, typer.Option("--on/--off", help="Whether its schedule runs.")] = True,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Set up a report, or change it. Its schedule follows by itself."""
    body = {
        "project_name": name,
        "required_sources": required,
        "optional_sources": optional or [],
        "owner": owner,
        "escalation_owner": escalation_owner,
        "approver": approver,
        "privacy_reviewer": privacy_reviewer,
        "active": active,
    }
    stored = api_client.put(url, key, f"/v1/clients/{client}/reports/{project}/{cadence}", body)
    out.print(stored["id"])
    remark(f"The {cadence} report of {client} {'is made in ' + stored['time_zone'] if active else 'is off'}.")


@app.command()
def make(
    report: Report,
    period: Annotated[str | None, typer.Option(help="Any day of it; the newest closed period if left out.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Make the digest of a closed period now. Prints its run."""
    started = api_client.post(url, key, DIGESTS, {"report_id": report, "period": period}, uuid4().hex)
    if as_json:
        show_json(started)
        return
    out.print(started["run_id"])
    remark(started["in_words"])


@app.command()
def periods(report: Report, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show the periods of a report, and where the digest of each stands."""
    found = api_client.get(url, key, f"{PATH}/{report}/periods")
    columns = ("starts", "ends", "state", "outcome", "run", "published")
    _show(found, as_json, "Periods", columns, _period, whole="run")


@app.command()
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", autocompletion=completing.runs, help="Run of the digest.")],
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show a digest with the sources and figures that it rests on. `comms explain RUN` says what comes next."""
    found = api_client.get(url, key, f"{DIGESTS}/{run}")
    if as_json:
        show_json(found)
        return
    remark(f"{found['client']}, {found['starts']} to {found['ends']}: {found['state'].replace('_', ' ')}.")
    sources = ("source", "place", "required", "status", "complete through", "problem")
    out.print(table("Sources", sources, (_source_of_digest(one) for one in found["sources"])))
    figures = (
        [one["label"], one["shown"], one["basis"], one["source"], moment(one["as_of"])] for one in found["figures"]
    )
    out.print(table("Figures", ("figure", "is", "basis", "source", "as of"), figures))
    for caveat in found["caveats"]:
        remark(f"- {caveat}")


@app.command()
def restated(report: Report, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show what a client was shown and has changed since, and which digest says so."""
    found = api_client.get(url, key, f"{PATH}/{report}/restatements")
    columns = ("figure", "from", "to", "shown", "now", "found", "told")
    _show(found, as_json, "Restatements", columns, _restatement)


@app.command()
def sources(client: Client, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show how fresh the sources of a client are."""
    found = api_client.get(url, key, f"/v1/clients/{client}/report-sources")
    columns = ("source", "place", "account", "status", "complete through", "read", "problem")
    _show(found, as_json, "Sources", columns, _source)


@app.command()
def connect(
    client: Client,
    source: Annotated[SourceName, typer.Argument(help="search_console or quickbooks.")],
    account: Annotated[str, typer.Argument(help="Property, or the company's realm id.")],
    location: Location = "",
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Connect an account, or connect it anew. Asks for the refresh token."""
    # Asked for and not an option, so that it stays out of the shell's history and the list of processes.
    token = typer.prompt("Refresh token", hide_input=True, err=True)
    body = {"account": account, "refresh_token": token, "location": location}
    api_client.put(url, key, f"/v1/clients/{client}/report-sources/{source}", body)
    remark(f"{source} of {client} is connected. Digests that wait for it look again.")


@app.command()
def disconnect(
    client: Client, source: SourceName, location: Location = "", key: ApiKey = "", url: ApiUrl = LOCAL
) -> None:
    """Give up the right to read an account; its token is erased."""
    api_client.delete(url, key, f"/v1/clients/{client}/report-sources/{source}", {"location": location})
    remark(f"{source} of {client} is disconnected.")


def _show(found: Any, as_json: bool, title: str, columns: tuple[str, ...], row: Any, whole: str | None = None) -> None:
    if as_json:
        show_json(found)
    else:
        out.print(table(title, columns, map(row, found), whole=whole))


def _report(row: dict[str, Any]) -> tuple[object, ...]:
    sources = (", ".join(row["required_sources"]), ", ".join(row["optional_sources"]))
    on = "yes" if row["active"] else "no"
    return row["id"], row["client"], row["project"], row["cadence"], row["time_zone"], *sources, row["owner"], on


def _period(row: dict[str, Any]) -> tuple[object, ...]:
    return row["starts"], row["ends"], row["state"], row["outcome"], row["run_id"], moment(row["published_at"])


def _source_of_digest(row: dict[str, Any]) -> tuple[object, ...]:
    required = "yes" if row["required"] else "no"
    return row["in_words"], row["location"], required, row["status"], row["complete_through"], row["problem"]


def _restatement(row: dict[str, Any]) -> tuple[object, ...]:
    told = moment(row["told_at"])
    return row["label"], row["first"], row["last"], row["shown"], row["now"], moment(row["found_at"]), told


def _source(row: dict[str, Any]) -> tuple[object, ...]:
    read = moment(row["synced_at"])
    return (
        row["in_words"], row["location"], row["account"], row["status"], row["complete_through"], read, row["problem"],
    )  # fmt: skip
