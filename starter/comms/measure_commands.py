"""`comms measures`: what is measured, how it is defined, and the figures."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from models.database.measures.computing import By
from starter.comms import api_client
from starter.comms.api_client import LOCAL, ApiKey, ApiUrl
from starter.comms.showing import AsJson, out, show_json, table
from starter.measure_words import figure_in_words, part_in_words

PATH = "/v1/measures"
COLUMNS = ("part", "of", "all", "figure")


def measures(
    measure: Annotated[str | None, typer.Argument(metavar="KEY", help="One of them; all if left out.")] = None,
    by: Annotated[By, typer.Option(help="One line for each of these.")] = By.ALL,
    client: Annotated[str | None, typer.Option(help="Only this client's.")] = None,
    begins: Annotated[
        str | None, typer.Option("--from", help="From this moment on, such as 2026-11-01T00:00:00Z.")
    ] = None,
    ends: Annotated[str | None, typer.Option("--to", help="Before this moment.")] = None,
    key: ApiKey = "",
    url: ApiUrl = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Show what is measured: one measure with its definition, or every one in short."""
    asked = {"by": by.value, "client": client, "from": begins, "to": ends}
    names = [measure] if measure else [one["key"] for one in api_client.get(url, key, PATH)]
    found = [api_client.get(url, key, f"{PATH}/{name}", asked) for name in names]
    if as_json:
        show_json(found[0] if measure else found)
        return
    grouped = () if by is By.ALL else (by.value,)
    for one in found:
        said = one["definition"]
        lines = (_line(by, said, row) for row in one["rows"])
        out.print(table(said["name"], (*grouped, *COLUMNS), lines))
        out.print(f"{said['numerator']} ÷ {said['denominator']}: {said['formula']}.", markup=False, style="dim")
        if measure:
            out.print(f"Left out: {said['left_out']}. Counted: {said['moment']}.", markup=False, style="dim")


def _line(by: By, said: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[object, ...]:
    group = {By.CLIENT: row["client"], By.CHANNEL: row["channel"]}.get(by, row["day"])
    told = figure_in_words(row["value"], row["unit"], row["part"])
    figures = (part_in_words(row["part"]), row["numerator"], row["denominator"], told)
    return figures if by is By.ALL else (group, *figures)
