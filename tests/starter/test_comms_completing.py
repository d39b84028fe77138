"""What the shell offers after a Tab comes from the API, or there is nothing."""

import os
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from typer.testing import CliRunner

from deploy.local.ports import LOOPBACK, free_port
from starter.comms.__main__ import app

RUN = "6e0c0000-0000-4000-8000-000000000001"
comms = CliRunner()


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    served = FastAPI()

    @served.get("/v1/runs")
    def runs(request: Request) -> dict[str, Any]:
        assert request.headers["authorization"] == "Bearer mine"
        return {"runs": [{"id": RUN, "client": "acme", "state": "sending"}], "next": None}

    @served.get("/v1/clients")
    def clients() -> list[dict[str, str]]:
        return [{"key": "acme", "name": "Acme Plumbing"}, {"key": "best", "name": "Best Roofs"}]

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(served, LOOPBACK, port, log_level="error"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield f"http://{LOOPBACK}:{port}"
    server.should_exit = True
    thread.join()


def offered(words: str, url: str, key: str = "mine") -> str:
    """Ask as bash does: the whole line, the cursor at its end."""
    asked = {
        "_COMMS_COMPLETE": "complete_bash",
        "COMP_WORDS": f"comms {words}",
        "COMP_CWORD": str(len(words.split(" "))),
        "COMMS_API_URL": url,
        "COMMS_API_KEY": key,
    }
    said = comms.invoke(app, [], env=os.environ | asked, prog_name="comms")
    assert said.stderr == ""
    return said.stdout.strip()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("stop ", RUN),
        ("explain 6e", RUN),
        ("explain 7", ""),
        ("replay 6e0c", RUN),
        ("runs --client b", "best"),
        ("start --client ", "acme\nbest"),
        ("repl", "replay"),
        ("incident ope", "open"),
        ("incident open --draf", "--draft"),
    ],
)
def test_a_tab_offers_what_the_api_knows(words: str, found: str, api: str) -> None:
    assert offered(words, api) == found


def test_without_a_key_or_an_answer_there_is_nothing_and_no_complaint(api: str) -> None:
    assert offered("stop ", api, key="") == ""
    assert offered("stop ", f"http://{LOOPBACK}:1") == ""
