"""The commands about people at clients and posts, against a served application, under people's own keys."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from models.database.engine import make_engine, transaction
from models.database.runs import request
from models.database.tables.runs import Run
from models.settings import Settings
from models.terms import RunKind, RunState
from starter.comms.__main__ import app
from tests.database.portal.desk import PostDesk
from tests.starter.portal.conftest import BROWSER, REVIEWERS
from tests.starter.served import served

Comms = Callable[..., Result]
PAT = ["contacts", "add", "acme-plumbing", "Pat Owner", "pat@acme.example", "--evidence", "agreement/2026-04"]


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    with served(settings) as address:
        yield address


@pytest.fixture
def comms(url: str, furnished: tuple[str, dict[str, str]]) -> Comms:
    def called(*arguments: str, by: str = "sales-ops") -> Result:
        environment = {"COMMS_API_KEY": furnished[1][by], "COMMS_API_URL": url, "COLUMNS": "200"}
        return CliRunner(env=environment).invoke(app, list(arguments))

    return called


@pytest.fixture
def desk(settings: Settings) -> Iterator[PostDesk]:
    engine = make_engine(settings.database, pool_size=2)
    with transaction(engine) as session:
        client: UUID = session.execute(text("SELECT id FROM client")).scalar_one()
        people: dict[str, Any] = {"owner": "sales-ops", "escalation_owner": "approver", "requested_by": "sales-ops"}
        run = Run(kind=RunKind.REPORT_DIGEST, client_id=client, rollback_path="", state=RunState.REQUESTED, **people)
        identity = request(session, run, "sales-ops", "key", "body")
    yield PostDesk(engine, client, identity, REVIEWERS)
    engine.dispose()


def test_a_person_gets_a_link_and_loses_it(comms: Comms, url: str, desk: PostDesk) -> None:
    contact = comms(*PAT).stdout.strip()
    post = desk.published()
    link = comms("contacts", "link", contact, "--post", str(post)).stdout.strip()
    path = link.removeprefix("https://comms.example.com")
    page = httpx.get(url + path, headers=BROWSER, follow_redirects=True)
    assert "Your October report" in page.text
    assert "Pat Owner" in comms("contacts", "list", "--client", "acme-plumbing").stdout
    [listed] = json.loads(comms("contacts", "links", contact, "--json").stdout)
    assert listed["post_id"] == str(post)
    assert path.rpartition("/")[2] not in comms("contacts", "links", contact).stdout

    assert "1 closed" in comms("contacts", "revoke-links", contact, "--link", listed["id"]).stderr
    assert httpx.get(url + path, headers=BROWSER).status_code == 404
    assert "open nothing" in comms("contacts", "deactivate", contact).stderr
    assert comms("contacts", "link", contact).exit_code == 1


def test_a_post_is_shown_published_withdrawn_and_corrected(comms: Comms, desk: PostDesk, tmp_path: Path) -> None:
    post = str(desk.stage().post_id)
    refused = comms("posts", "publish", post)
    assert refused.exit_code == 1
    assert "owner approval missing" in refused.stderr
    desk.review_twice(UUID(post))
    assert "sees version 1" in comms("posts", "publish", post).stderr
    shown = comms("posts", "show", post, by="privacy-reviewer")
    assert "Calls answered: 41" in shown.stdout
    assert "privacy review" in shown.stderr
    assert "Your October report" in comms("posts", "list", "--state", "published", "--json").stdout

    assert "any more" in comms("posts", "withdraw", post, "--reason", "a figure is wrong").stderr
    assert "before" in comms("posts", "withdraw", post, "--reason", "a figure is wrong").stderr
    wording = tmp_path / "text"
    wording.write_text("As many people called in October as before.")
    staged = comms("posts", "correct", post, "--reason", "a figure was wrong", "--body", str(wording))
    assert "Version 2 waits" in staged.stderr
    assert "Say what to correct" in comms("posts", "correct", post, "--reason", "x").stderr
