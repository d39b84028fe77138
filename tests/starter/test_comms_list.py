"""The list of commands: it is there at once, and says of each what the command says of itself."""

import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any, cast

import pytest
from rich.console import Console
from typer.testing import CliRunner

from starter.comms.__main__ import COMMANDS, app
from starter.comms.plain_spoken import loaded, said_of
from starter.comms.showing import table
from tests.histories.record import version

PLACES = {name: place for panel in COMMANDS.values() for name, place in panel.items()}
LOADED = """
import os, sys
from starter.comms.__main__ import app
try:
    app(sys.argv[1:], prog_name="comms")
except SystemExit:
    print(*(name for name in sys.modules), file=sys.stderr)
"""
ONLY_DONE = {
    "up", "demo", "assign", "resolve", "release", "opt-out", "close", "close-lead", "export", "reviews import", "reviews location",
    "contacts deactivate", "contacts revoke-links", "posts publish", "posts withdraw", "drafts review", "reports set",
    "reports connect", "reports disconnect", "wording mark", "wording unmark", "incident update", "incident move",
    "incident resolve", "incident reopen", "incident resume", "incident summary", "incident note", "incident cancel",
    "database seed", "database upgrade", "database mark-decisions", "library add", "staff set", "staff password",
}  # fmt: skip
"""They change one thing, and say whether by their exit code."""
comms = CliRunner()


@pytest.mark.parametrize("asked", [("--help",), ()], ids=["help", "Tab"])
def test_whoever_asks_what_there_is_waits_for_no_database_and_no_command(asked: tuple[str, ...]) -> None:
    tab = {"_COMMS_COMPLETE": "complete_bash", "COMP_WORDS": "comms re", "COMP_CWORD": "1"}
    said = subprocess.run(
        [sys.executable, "-c", LOADED, *asked], env={} if asked else tab, capture_output=True, text=True, check=True
    )
    modules = set(said.stderr.split())

    assert "replay" in said.stdout
    assert modules.isdisjoint({"sqlalchemy", "httpx", "temporalio", "starter.comms.replay_command"})


def test_the_list_says_of_a_command_what_it_says_of_itself() -> None:
    of_itself = {name: loaded(name, place).help for name, place in PLACES.items()}

    assert of_itself == {name: said_of(place) for name, place in PLACES.items()}
    assert all(of_itself.values())


def test_the_version_is_that_of_the_project() -> None:
    assert comms.invoke(app, ["--version"]).stdout == f"comms {version()}\n"


def test_a_command_that_does_not_say_what_is_needed_ends_like_one_that_is_not_understood() -> None:
    said = comms.invoke(app, ["pause", "--reason", "x", "--key", "k"])

    assert (said.exit_code, said.stderr) == (
        2,
        "Name one of RUN, --everything, --client, --provider, --kind and --sequence.\n",
    )


def test_a_help_breaks_where_the_terminal_ends() -> None:
    paragraphs = (loaded("replay", PLACES["replay"]).help or "").split("\n\n")

    assert len(paragraphs) == 2
    assert not any("\n" in paragraph for paragraph in paragraphs)


def test_whatever_answers_with_more_than_done_can_answer_a_program() -> None:
    def options(command: Any, path: str) -> Iterator[str]:
        for name, one in getattr(command, "commands", {}).items():
            yield from options(one, f"{path} {name}")
        if not hasattr(command, "commands") and "as_json" not in {option.name for option in command.params}:
            yield path

    without = {path for name, place in PLACES.items() for path in options(loaded(name, place), name)}

    assert without == ONLY_DONE


def test_a_table_keeps_every_column_where_there_is_little_room() -> None:
    ids = "run:00000000-0000-4000-8000-000000000001"
    made = table(
        "Narrow", ("pause", "who", "why", "since", "until"), [(ids, *("words of some length " * 2,) * 4)], "pause"
    )
    printed = Console(width=90, file=StringIO())

    printed.print(made)

    said = cast(StringIO, printed.file).getvalue()
    assert ids in said
    assert "until" in said


def test_a_command_that_is_misspelt_is_guessed() -> None:
    said = comms.invoke(app, ["aprove"])

    assert (said.exit_code, "'approve'" in said.stderr) == (2, True)
