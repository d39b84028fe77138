import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from models.logs import configure_logs


class Person:
    def __repr__(self) -> str:
        return "Ann Smith, +13035550123"


@contextmanager
def _configured() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs("INFO", "worker")
    try:
        yield
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def _line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(capsys.readouterr().err)
    return line


def test_a_line_holds_what_is_plain_and_no_object(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"run": str(UUID(int=1)), "count": 2, "person": Person(), "people": [Person()]}
    with _configured():
        logging.getLogger("t").info("swept", extra=facts | {"temporal_workflow": {"attempt": 1, "input": Person()}})

    line = _line(capsys)
    assert line.pop("timestamp")
    assert line == {
        "event": "swept",
        "level": "info",
        "logger": "t",
        "process": "worker",
        "run": str(UUID(int=1)),
        "count": 2,
        "temporal_workflow": {"attempt": 1},
    }


def test_an_error_is_named_with_its_place_and_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    with _configured():
        try:
            raise ValueError("Ann Smith")
        except ValueError:
            logging.getLogger("t").exception("failed")

    line = _line(capsys)
    assert (line["error"], line["at"].partition(":")[0]) == ("ValueError", "test_logs.py")
    assert "Ann" not in json.dumps(line)
