"""`comms handoffs`, `hand-over`: leads that the CRM does not have yet."""

from typing import Annotated, Any

import typer

from starter.comms import api_client, completing
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import run_id
from starter.comms.problems import Misunderstood
from starter.comms.showing import AsJson, moment, out, remark, show_json, table


def handoffs(key: ApiKey = "", url: ApiUrl = LOCAL, as_json: AsJson = False) -> None:
    """List leads that the CRM does not have: offered again by themselves, or given up and with a person."""
    found = api_client.get(url, key, "/v1/handoffs/undelivered")
    if as_json:
        show_json(found)
        return
    columns = ("run", "client", "owner", "unanswered", "why", "since (UTC)", "next call (UTC)")
    out.print(table("Not in the CRM", columns, (_line(row) for row in found), whole="run"))


def hand_over(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", autocompletion=completing.runs, help="Id of the run, or its workflow id."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every lead that was given up.")] = False,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Offer a lead that was given up to the CRM again. Safe to repeat: the CRM knows it by our own key."""
    if (run is None) is not every:
        raise Misunderstood("Name the run, or --all.")
    named = [str(run_id(run))] if run else _given_up(url, key)
    offered = {}
    for identity in named:
        offered[identity] = answer = api_client.post(url, key, f"/v1/runs/{identity}/hand-over", {})
        remark(f"run {identity}: {'offered again' if answer['changed'] else 'nothing to offer'}")
    if as_json:
        show_json(offered)
    if not named:
        remark("Nothing was given up.")


def _given_up(url: str, key: str) -> list[str]:
    found = api_client.get(url, key, "/v1/handoffs/undelivered")
    return [row["run_id"] for row in found if row["state"] == "given_to_person"]


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    next_call = moment(row["next_try_at"]) if row["next_try_at"] else "with a person"
    tries = row["tries"]
    return row["run_id"], row["client"], row["owner"], tries, row["last_error"], moment(row["prepared_at"]), next_call
