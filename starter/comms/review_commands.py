"""`comms reviews …`: finished jobs whose customers are asked for a review, and where they leave it."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from models.review_requests.eligibility import JobState
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id
from starter.comms.list_files import Line, read_list
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Problem
from starter.comms.run_commands import RunArgument
from starter.comms.showing import AsJson, moment, out, remark, show_json, table
from starter.comms.start_command import permission

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="Ask the customers of finished jobs for reviews.")
ClientKey = Annotated[str, typer.Option(help="Key of the client, such as acme-plumbing.")]
LocationKey = Annotated[str, typer.Option(help="Key of the location, such as downtown.")]
Source = Annotated[str, typer.Option(help="The system that says so, such as field_service.")]
CUSTOMER = ("first_name", "last_name", "phone", "email", "postal_code")
KNOWN = (*CUSTOMER, "job_id", "completed_at", "state", "service_type", "staff_or_family", "minor", "sms_consent",
         "email_consent", "consent_evidence")  # fmt: skip
TELLS_A_MOOD = frozenset(
    {"rating", "stars", "star_rating", "score", "nps", "csat", "sentiment", "satisfaction", "happy", "mood"}
)
_YES = frozenset({"yes", "true", "1", "y"})


@app.command()
def location(
    location: Annotated[str, typer.Argument(help="Short name of it, such as downtown.")],
    client: ClientKey,
    review_url: Annotated[str, typer.Option(help="Where everybody's link leads.")],
    google_name: Annotated[
        str | None,
        typer.Option(help="accounts/…/locations/… at Google Business Profile, if its reviews are to be read."),
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA zone; the client's if left out.")] = None,
    asks_per_day: Annotated[int | None, typer.Option(help="How many customers are asked on one day at most.")] = None,
    thanks: Annotated[bool | None, typer.Option(help="Thank whoever has left a review, whatever it says.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Enter where the customers of a client leave reviews, or change what is given of it."""
    given = {
        "review_url": review_url,
        "google_name": google_name,
        "time_zone": time_zone,
        "asks_per_day": asks_per_day,
        "thanks": thanks,
    }
    body = {name: value for name, value in given.items() if value is not None}
    stored = api_client.put(url, key, f"/v1/clients/{client}/review-locations/{location}", body)
    remark(f"Location {stored['key']} is stored: {stored['asks_per_day']} a day, reviews are {stored['read_state']}.")


@app.command()
def ask(
    client: ClientKey,
    location: LocationKey,
    source: Source,
    job_id: Annotated[str, typer.Option(help="The client's own id of the job.")],
    completed_at: Annotated[str, typer.Option(help="When it was done, such as 2026-11-21T15:30-07:00.")] = "",
    state: Annotated[JobState, typer.Option(help="How it ended.")] = JobState.COMPLETED,
    first_name: Annotated[str, typer.Option()] = "",
    last_name: Annotated[str, typer.Option()] = "",
    phone: Annotated[str, typer.Option(help="As written; a US number if without country code.")] = "",
    email: Annotated[str, typer.Option()] = "",
    postal_code: Annotated[str, typer.Option(help="Tells the time zone.")] = "",
    consent: Annotated[
        list[str] | None, typer.Option(help="CHANNEL:KIND:SOURCE[:EVIDENCE], such as sms:informational:invoice:job/7.")
    ] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Report a finished job. Prints the run that asks its customer. The same job again starts nothing new."""
    values = {
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
        "email": email,
        "postal_code": postal_code,
    }
    job = {"id": job_id, "location": location, "state": state.value, "completed_at": completed_at or None}
    body = {
        "client": client,
        "source": source,
        "job": job,
        "customer": {name: value for name, value in values.items() if value},
        "consent": [permission(given) for given in consent or []],
    }
    answer = _report(url, key, body)
    if as_json:
        show_json(answer)
        return
    out.print(answer["run_id"])
    remark(f"{answer['in_words']} Follow it with: comms explain {answer['run_id']}")


@app.command("import")
def import_jobs(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, or JSON Lines (.jsonl, .ndjson).")],
    client: ClientKey,
    location: LocationKey,
    source: Source,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
) -> None:
    """Report the finished jobs of a list. The same command again starts nothing new.

    Columns: job_id, completed_at, and of the customer first_name, last_name, phone, email, postal_code; sms_consent and
    email_consent name the kind of permission (informational at least), consent_evidence where its proof lies. A column that
    tells how content customers are is refused: everybody is asked alike. Exit code 0 if no row was refused, else 1.
    """
    listed = read_list(file)
    names = [name.strip().lower().replace(" ", "_") for name in listed.columns]
    if told := sorted(TELLS_A_MOOD.intersection(names)):
        raise Problem(
            f"Take the column {', '.join(told)} out of the list: how content customers are must not decide who is asked."
        )
    if lacking := sorted({"job_id", "completed_at"}.difference(names)):
        raise Problem(f"The list has no column {' and no column '.join(lacking)}.")
    found: Counter[str] = Counter()
    for line in listed.lines:
        try:
            answer = _report(url, key, _of_line(line, names, client, location, source))
        except Problem as refused:
            found["refused"] += 1
            remark(f"line {line.number}: {refused}")
        else:
            found["known before" if answer["known"] else "taken in"] += 1
    out.print(table("Jobs", ("rows", ""), ((count, what) for what, count in sorted(found.items()))))
    if ignored := sorted(set(names).difference(KNOWN)):
        remark(f"Columns that nobody knows, not kept: {', '.join(ignored)}")
    if found["refused"]:
        raise typer.Exit(1)


@app.command()
def show(run: RunArgument, key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """Show how a review request stands. What a review says is not shown: it decides nothing."""
    story = api_client.get(url, key, f"/v1/review-requests/{run_id(run)}")
    if as_json:
        show_json(story)
        return
    rows = (
        ("job", f"{story['job']} at {story['location']}, {story['job_state']}"),
        ("ended (UTC)", moment(story["completed_at"])),
        ("stands", story["outcome"] or story["stage"]),
        ("why", story["explanation"]["answer"]),
        ("turn (UTC)", moment(story["ask_from"])),
        ("messages sent", story["sent"]),
        ("link used (UTC)", moment(story["clicked_at"])),
        ("review (UTC)", moment(story["reviewed_at"])),
        ("next", "; ".join(step["what"] for step in story["explanation"]["next"])),
    )
    out.print(table(f"Review request {story['run_id']}", ("", ""), rows))


def _report(url: str, key: str, body: dict[str, Any]) -> Any:
    said = "\x1f".join((body["client"], body["job"]["id"], body["job"]["state"], str(body)))
    derived = hashlib.sha256(said.encode()).hexdigest()
    return api_client.post(url, key, "/v1/review-requests", body, f"comms-{derived}")


def _of_line(line: Line, names: list[str], client: str, location: str, source: str) -> dict[str, Any]:
    if line.problem:
        raise Problem(line.problem)
    row = {name: value.strip() for name, value in zip(names, line.values, strict=True) if value.strip()}
    kinds = {channel: row.get(f"{channel}_consent") for channel in ("sms", "email")}
    evidence = {"evidence": row["consent_evidence"]} if "consent_evidence" in row else {}
    job = {
        "id": row.get("job_id", ""),
        "location": location,
        "state": row.get("state", JobState.COMPLETED.value),
        "completed_at": row.get("completed_at"),
        "service_type": row.get("service_type", ""),
        "staff_or_family": row.get("staff_or_family", "").lower() in _YES,
        "minor": row.get("minor", "").lower() in _YES,
    }
    return {
        "client": client,
        "source": source,
        "job": job,
        "customer": {name: row[name] for name in CUSTOMER if name in row},
        "consent": [
            {"channel": channel, "kind": kind.lower(), "source": "import"} | evidence
            for channel, kind in kinds.items()
            if kind
        ],
    }
