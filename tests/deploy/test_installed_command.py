"""What the installed package adds to `comms`, and which version of the code a stack says it runs."""

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from deploy.local.__main__ import main as start
from deploy.local.build import build_id
from starter.comms.__main__ import app

PROJECT: dict[str, Any] = tomllib.loads(Path("pyproject.toml").read_text())["project"]


def named(entry: str) -> Any:
    module, _, attribute = entry.partition(":")
    return getattr(import_module(module), attribute)


def test_the_command_is_there_under_its_name() -> None:
    assert callable(named(PROJECT["scripts"]["comms"]))


@pytest.mark.parametrize(("name", "option"), [("up", "--state-dir"), ("demo", "--kill")])
def test_what_starts_a_stack_is_brought_along(name: str, option: str) -> None:
    app = typer.Typer(rich_markup_mode=None)
    app.command()(named(PROJECT["entry-points"]["comms.commands"][name]))

    said = CliRunner().invoke(app, ["--help"])

    assert (said.exit_code, option in said.stdout) == (0, True)


def test_a_part_that_there_is_not_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start(["--state-dir", str(tmp_path), "--parts", "worker,nobody"]) == 2
    assert "no such part: nobody; there are postgres" in capsys.readouterr().out


def test_a_part_that_there_is_not_is_not_killed() -> None:
    said = CliRunner().invoke(app, ["demo", "--kill", "nobody"])

    assert (said.exit_code, "no such part: nobody" in said.stderr) == (2, True)


def test_a_stack_says_which_commit_it_runs() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}(-edited)?|\d+\.\d+\.\d+", build_id())
