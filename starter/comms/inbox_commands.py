"""`comms inbox …`: what came in and could not be taken in."""

from typing import Annotated, Any

import typer

from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.identifiers import uuid
from starter.comms.plain_spoken import PlainSpoken
from starter.comms.problems import Misunderstood, Problem
from starter.comms.showing import AsJson, remark, show_json

app = typer.Typer(cls=PlainSpoken, no_args_is_help=True, help="What came in and could not be taken in.")


@app.callback()
def inbox() -> None:
    """What came in and could not be taken in."""


@app.command()
def retry(
    inbox: Annotated[str | None, typer.Argument(metavar="ID", help="Id of what came in, as the task names it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that was set aside, oldest first.")] = False,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Try again what was set aside, once the cause is put right. Safe to repeat.

    Exit code 0 if all of it was taken up or had been before, 1 if some still cannot be.
    """
    if (inbox is None) is not everything:
        raise Misunderstood("Say which: ID, or --all.")
    if inbox is not None:
        retried = [api_client.post(url, key, f"/v1/inbox/{uuid(inbox, 'what came in')}/retry", {})]
    else:
        retried = _retry_all(url, key)
    stuck = [row["id"] for row in retried if row["state"] == "poison"]
    if as_json:
        show_json(retried)
    remark(f"Tried again: {sum(row['tried'] for row in retried)}.")
    if stuck:
        raise Problem("\n  ".join(["Still cannot be taken in; the log of the API has the errors:", *stuck]))


def _retry_all(url: str, key: str) -> list[dict[str, Any]]:
    retried: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        answer = api_client.post(url, key, "/v1/inbox/retry", after)
        retried += answer["retried"]
        if answer["next"] is None:
            return retried
        after = {"after": answer["next"]}
