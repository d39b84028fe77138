"""Drafts through the API and the command line: read, edited, reviewed, refused."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from models.database import drafts, intake
from models.database.drafts import NewDraft, Text
from models.database.engine import transaction
from models.database.events import Origin
from models.drafting import DraftSource
from models.wording.audiences import Audience
from models.wording.surroundings import Purpose
from tests.starter import test_comms_api
from tests.starter.conftest import Api
from tests.starter.test_comms_api import MISSED_CALL, Desk

database_url, desk = test_comms_api.database_url, test_comms_api.desk
BODY = "Your calls went up. We guarantee it."


def store(engine: Engine, run: UUID) -> UUID:
    with transaction(engine) as session:
        client = intake.client_by_key(session, "acme-plumbing")
        assert client is not None
        wanted = NewDraft(client.id, run, "note", "sales-ops", Audience(purpose=Purpose.REPORT))
        drafts.store(session, wanted, Text("May", BODY, DraftSource.MODEL, "small-1"), Origin("workflow"))
        return drafts.order(session, wanted)


@pytest.fixture
async def path(api: Api) -> str:
    return f"/v1/drafts/{store(api.engine, UUID(await api.started()))}"


async def test_a_draft_is_listed_without_its_wording_and_read_with_what_was_found(api: Api, path: str) -> None:
    listed = await api.get("/v1/drafts", state="internal")
    [line] = listed.json()
    assert (line["key"], line["source"], line["author"], line["purpose"]) == ("note", "model", "small-1", "report")
    assert "guarantee" not in listed.text

    shown = (await api.get(path)).json()
    assert (shown["verdict"], [one["kind"] for one in shown["findings"]]) == ("needs_approval", ["claim"])
    assert [one["body"] for one in shown["revisions"]] == [BODY]
    assert (await api.get("/v1/drafts", by="engineer")).status_code == 403
    assert (await api.get("/v1/drafts/00000000-0000-0000-0000-000000000000")).status_code == 404


async def test_whoever_edits_last_may_not_review_and_a_stale_page_changes_nothing(api: Api, path: str) -> None:
    read = (await api.get(path)).json()["revisions"][0]["content_hash"]
    edit = {"content_hash": read, "subject": "May", "body": "Your calls went up."}

    edited = await api.post(f"{path}/revisions", edit, by="approver")
    assert (edited.status_code, edited.json()["revision"], edited.json()["verdict"]) == (201, 2, "clear")
    newest = {"content_hash": edited.json()["revisions"][0]["content_hash"]}
    answers = [
        await api.post(f"{path}/revisions", edit | {"body": "Other."}),
        await api.post(f"{path}/review", {"content_hash": read}, by="approver-2"),
        await api.post(f"{path}/review", newest, by="approver"),
        await api.post(f"{path}/review", newest, by="sales-ops"),
    ]

    assert [(answer.status_code, answer.json()["refusal"]) for answer in answers] == [
        (409, "changed"), (409, "changed"), (403, "own_edit"), (403, "not_a_reviewer"),
    ]  # fmt: skip
    assert api.value("SELECT count(*) FROM event WHERE kind = 'draft_refused'") == 4
    reviewed = await api.post(f"{path}/review", newest, by="approver-2")
    assert (reviewed.json()["state"], reviewed.json()["reviewed_by"]) == ("reviewed", "approver-2")


def test_a_draft_is_edited_and_reviewed_from_the_shell(desk: Desk, engine: Engine, tmp_path: Path) -> None:
    run = desk.started(*MISSED_CALL)
    draft = str(store(engine, UUID(run)))
    text = tmp_path / "text.txt"
    text.write_text("Your calls went up.")

    assert "claim" in desk.comms("drafts", "show", draft).stdout
    assert desk.comms("drafts", "revise", draft, str(text)).exit_code == 0
    said = desk.comms("drafts", "review", draft, "--yes", by="approver")
    assert "The draft is reviewed." in said.stderr
    assert "reviewed" in desk.comms("drafts", "list").stdout
