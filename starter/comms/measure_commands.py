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
COLUMNS = ("part", "counted", "of", "figure")


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
    if measure is None:
        lines = [(one["definition"]["key"], *line) for one in found for line in _lines(by, one)]
        out.print(table("Measures", ("measure", *grouped, *COLUMNS), lines))
        out.print("What each of them counts and leaves out: comms measures KEY.", markup=False, style="dim")
        return
    said = found[0]["definition"]
    out.print(table(said["name"], (*grouped, *COLUMNS), _lines(by, found[0])))
    out.print(f"{said['numerator']} ÷ {said['denominator']}: {said['formula']}.", markup=False, style="dim")
    out.print(f"Left out: {said['left_out']}. Counted: {said['moment']}.", markup=False, style="dim")


def _lines(by: By, one: Mapping[str, Any]) -> list[tuple[object, ...]]:
    nothing = ("", 0, 0, "nothing to count yet")
    return [_line(by, row) for row in one["rows"]] or [nothing if by is By.ALL else ("", *nothing)]


def _line(by: By, row: Mapping[str, Any]) -> tuple[object, ...]:
    group = {By.CLIENT: row["client"], By.CHANNEL: row["channel"]}.get(by, row["day"])
    told = figure_in_words(row["value"], row["unit"], row["part"])
    figures = (part_in_words(row["part"]), row["numerator"], row["denominator"], told)
    return figures if by is By.ALL else (group, *figures)
