"""`comms start`: one lead into one sequence."""

import hashlib
from typing import Annotated, Any

import typer

from models.terms import LeadSource
from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.problems import Misunderstood
from starter.comms.showing import AsJson, out, remark, show_json


def start(
    client: Annotated[
        str, typer.Option(autocompletion=completing.clients, help="Key of the client, such as acme-plumbing.")
    ],
    sequence: Annotated[
        str, typer.Option(autocompletion=completing.sequences, help="Key of the sequence, such as missed_call.")
    ],
    lead_id: Annotated[str, typer.Option(help="The source's own id of the lead.")],
    source: Annotated[LeadSource, typer.Option(help="Where the lead came from.")] = LeadSource.MANUAL,
    version: Annotated[int | None, typer.Option(help="Version of the sequence; the newest if left out.")] = None,
    first_name: Annotated[str, typer.Option()] = "",
    last_name: Annotated[str, typer.Option()] = "",
    phone: Annotated[str, typer.Option(help="As written; a US number if without country code.")] = "",
    email: Annotated[str, typer.Option()] = "",
    postal_code: Annotated[str, typer.Option(help="Tells the time zone.")] = "",
    service_type: Annotated[str, typer.Option(help="What they ask for, such as 'water heater'.")] = "",
    consent: Annotated[
        list[str] | None,
        typer.Option(
            help="CHANNEL:KIND:SOURCE[:EVIDENCE], such as sms:informational:web_form:form/2231. May be repeated."
        ),
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Staff handle; the sequence's owner if left out.")] = None,
    idempotency_key: Annotated[
        str | None, typer.Option(help="By default made of client, sequence, source and lead id.")
    ] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Start a sequence for a lead. Prints the run's id. The same command again starts nothing new."""
    lead = {
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
        "email": email,
        "postal_code": postal_code,
        "service_type": service_type,
    }
    body: dict[str, Any] = {
        "client": client,
        "sequence": sequence,
        "version": version,
        "owner": owner,
        "lead": {"source": source.value, "source_lead_id": lead_id} | {name: v for name, v in lead.items() if v},
        "consent": [permission(given) for given in consent or []],
    }
    body = {name: value for name, value in body.items() if value is not None}
    derived = hashlib.sha256("\x1f".join((client, sequence, source, lead_id)).encode()).hexdigest()
    accepted = api_client.post(url, key, "/v1/outreach", body, idempotency_key or f"comms-{derived}")
    if as_json:
        show_json(accepted)
        return
    out.print(accepted["run_id"])
    link = accepted.get("links", {}).get("temporal_ui")
    remark(
        accepted["in_words"] + " Follow it with: comms explain " + accepted["run_id"] + (f"\n{link}" if link else "")
    )


def permission(given: str) -> dict[str, str]:
    """Return a permission as the API takes it, from `CHANNEL:KIND:SOURCE[:EVIDENCE]`. Raises Problem."""
    parts = given.split(":", 3)
    if len(parts) < 3:
        raise Misunderstood(f"--consent {given!r} is not CHANNEL:KIND:SOURCE[:EVIDENCE]")
    return dict(zip(("channel", "kind", "source", "evidence"), parts, strict=False))
