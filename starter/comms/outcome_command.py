"""`comms outcome`: what became of a lead, said by a person; without anything to say, what was said."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from models.outcomes.money import in_words, minor_value
from models.outcomes.told import EvidenceKind, ValueBasis
from models.terms import LostReason
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.problems import Misunderstood
from starter.comms.showing import AsJson, moment, out, remark, show_json, table


def outcome(
    lead: Annotated[str, typer.Argument(metavar="LEAD", help="Id of the lead.")],
    booked: Annotated[bool, typer.Option("--booked", help="An appointment or a job is agreed.")] = False,
    lost: Annotated[LostReason | None, typer.Option(help="It will not be booked, and why.")] = None,
    reopened: Annotated[bool, typer.Option("--reopened", help="What was booked or lost is open again.")] = False,
    evidence: Annotated[str, typer.Option(help="KIND:ID, such as invoice:INV-2231 or staff:call.")] = "",
    amount: Annotated[str, typer.Option(help="What it is worth, such as 480.00.")] = "",
    currency: Annotated[str, typer.Option(help="Of the amount.")] = "USD",
    basis: Annotated[ValueBasis, typer.Option(help="How the amount is known.")] = ValueBasis.QUOTED,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Say what became of a lead, with its evidence; or show what was said."""
    said = [name for name, given in (("booked", booked), ("lost", lost), ("open", reopened)) if given]
    if len(said) > 1:
        raise Misunderstood("Say one of --booked, --lost and --reopened.")
    if not said:
        _show(api_client.get(url, key, f"/v1/leads/{lead}/outcomes"), as_json)
        return
    kind, _, identity = evidence.partition(":")
    if kind not in set(EvidenceKind) or not identity:
        raise Misunderstood(
            f"Say where it can be looked up: --evidence KIND:ID with a kind of {', '.join(EvidenceKind)}."
        )
    body: dict[str, Any] = {"outcome": said[0], "evidence": {"kind": kind, "id": identity}}
    if lost:
        body["lost_reason"] = lost.value
    if amount:
        value = minor_value(amount, currency, basis)
        if value is None:
            raise Misunderstood("The amount must be a number such as 480.00, the currency three letters such as USD.")
        body["value"] = {"basis": basis.value, "currency": currency, "amount_minor": value.minor}
    # A new key each time: what was booked, reopened and booked again are three statements.
    _show(api_client.post(url, key, f"/v1/leads/{lead}/outcome", body, uuid4().hex), as_json)


def _show(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    columns = ("outcome", "reason", "evidence", "value", "said by", "since (UTC)")
    out.print(table(f"Lead {found['lead_id']}", columns, (_line(one) for one in found["said"])))
    remark(f"It counts as {found['disposition']}.")


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    value = f"{in_words(one['amount_minor'], one['currency'])}, {one['basis']}" if one["basis"] else None
    evidence = f"{one['evidence_kind']}:{one['evidence_id']}"
    return one["outcome"], one["lost_reason"], evidence, value, _said_by(one), moment(one["at"])


def _said_by(one: dict[str, Any]) -> str:
    """Name who has said it and through what, once if they are the same, as with a CRM."""
    return " through ".join(dict.fromkeys((str(one["said_by"]), str(one["source"]))))
