"""Lead sources that are set up, and what they send."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from deploy.local.players import angi, callrail, google_ads, thumbtack, twilio_voice, web_form
from deploy.local.players.request import Sent
from tests.starter.conftest import PUBLIC, Api, Furnished
from tests.starter.leads.importing_desk import Desk
from tests.starter.served import served, settings_on

SEQUENCES = {"twilio_voice": "missed_call", "callrail": "missed_call"}
GIVEN = {"twilio_voice": "twilio-token-of-acme", "callrail": "callrail-signing-key"}
PHONE = "+13035550142"


@dataclass
class Door:
    """One source account: where its source posts, and with which secret."""

    api: Api
    way: str
    path: str
    secret: str

    async def post(self, sent: Sent, path: str | None = None) -> httpx.Response:
        headers = {name.encode(): value.encode("latin-1") for name, value in sent.headers.items()}
        return await self.api.http.post(path or self.path, content=sent.body, headers=headers)

    async def receives(self, body: dict[str, Any], **how: Any) -> httpx.Response:
        return await self.post(self.signs(body, **how))

    def signs(self, body: dict[str, Any], **how: Any) -> Sent:
        if self.way == "twilio_voice":
            return twilio_voice.sent(body, PUBLIC + self.path, self.secret)
        players = {"callrail": callrail, "thumbtack": thumbtack, "angi": angi, "google_ads": google_ads}
        player: Any = players.get(self.way, web_form)
        made: Sent = player.sent(body, self.secret, **how)
        return made

    def event(self) -> Any:
        """The one event that is stored, whole."""
        [row] = self.api.rows("SELECT * FROM lead_event WHERE kind <> 'message'")
        return row


Open = Callable[..., Any]


@pytest.fixture
def door(api: Api) -> Open:
    """Sets up an account at a source; gives its door."""

    async def opened(way: str, account: str = "acme", **changes: Any) -> Door:
        body = {"client": "acme-plumbing", "sequence": SEQUENCES.get(way, "quote_request"), "response_window": "P365D"}
        body |= ({"secret": GIVEN[way]} if way in GIVEN else {}) | changes
        answer = await api.http.put(f"/v1/lead-sources/{way}/{account}", json=body, headers=api.shows("sales-ops"))
        assert answer.status_code in (200, 201), answer.text
        said = answer.json()
        return Door(api, way, said["web_hook"].removeprefix(PUBLIC), said["secret"] or body.get("secret", ""))

    return opened


@pytest.fixture
def database_url(furnished_url: str) -> str:
    """Address of a database with staff, library and a client."""
    return furnished_url


@pytest.fixture
def list_desk(engine: Engine, database_url: str, furnished: Furnished, tmp_path: Path) -> Iterator[Desk]:
    with served(settings_on(database_url)) as url:
        yield Desk(url, furnished[1]["sales-ops"], engine, tmp_path)
