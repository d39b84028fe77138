"""A thousand callbacks in two seconds over real HTTP, while texts, API requests, claims and the relay go on."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import aiohttp
import pytest
from pydantic import SecretStr

from models.database.engine import make_engine, transaction
from models.database.inbound import arrivals
from models.database.inbound.consuming import WaitingReports
from models.database.seeding import seed_staff
from models.sending import Claimed, SendResult
from models.settings import DatabaseSettings
from starter.relay.consuming import Consumer, consume_for_ever
from starter.relay.listening import listen
from tests.conftest import _database as cloned
from tests.database.world import PHONE, World
from tests.starter.builders import claimed
from tests.starter.conftest import signed
from tests.starter.served import served, settings_on

STATUSES = ("queued", "sending", "sent", "delivered")
MESSAGES = 250
REPEATED = 100
SECONDS = 2.0


@dataclass
class Storm:
    """What was answered, in order, and what was claimed meanwhile."""

    run: UUID
    messages: list[UUID]
    answered: list[tuple[str, int]] = field(default_factory=list)
    claims: list[Claimed | SendResult] = field(default_factory=list)

    def answers_to(self, kind: str) -> list[int]:
        return [status for asked, status in self.answered if asked == kind]

    def places_of(self, kind: str) -> list[int]:
        return [place for place, (asked, _) in enumerate(self.answered) if asked == kind]


@pytest.fixture(scope="module")
def database(database_server: str, database_template: str) -> Iterator[str]:
    with cloned(database_server, f"comms_storm_{uuid4().hex[:8]}", database_template) as (_, url):
        yield url


@pytest.fixture(scope="module")
def world(database: str) -> Iterator[World]:
    engine = make_engine(DatabaseSettings(url=SecretStr(database)))
    yield World(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def url(database: str, world: World) -> Iterator[str]:
    with served(settings_on(database)) as url:
        yield url


@pytest.fixture(scope="module")
async def relay(world: World, database: str) -> AsyncIterator[None]:
    """The relay's part in it."""
    awake = {arrivals.CHANNEL: asyncio.Event()}
    consumer = Consumer(WaitingReports(world.engine, world.ring))
    duties = [
        asyncio.create_task(listen(database.replace("+psycopg", "", 1), awake, 1)),
        asyncio.create_task(consume_for_ever(consumer, awake[arrivals.CHANNEL])),
    ]
    yield
    for duty in duties:
        duty.cancel()
    await asyncio.gather(*duties, return_exceptions=True)


@pytest.fixture(scope="module")
async def storm(world: World, url: str, relay: None) -> Storm:
    run = world.run()
    others = [world.run(lead=world.lead(f"Max{number}", f"+130355502{number:02d}")) for number in range(10)]
    with transaction(world.engine) as session:
        key = seed_staff(session)["sales-ops"]
    on_their_way = [claimed(world.engine, run, number) for number in range(1, MESSAGES + 1)]
    storm = Storm(run, [message for message, _ in on_their_way])
    callbacks = [
        (token, {"MessageSid": f"SM{number:032x}", "MessageStatus": status})
        for number, (_, token) in enumerate(on_their_way)
        for status in STATUSES
    ]
    callbacks += callbacks[:REPEATED]
    random.Random(7).shuffle(callbacks)
    over = asyncio.Event()

    async with aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=200)) as http:

        async def post(kind: str, path: str, form: dict[str, str], after: float) -> None:
            headers = signed(path, form)
            await asyncio.sleep(after)
            async with http.post(path, data=form, headers=headers) as answer:
                storm.answered.append((kind, answer.status))

        async def ask() -> None:
            while not over.is_set():
                async with http.get("/v1/runs", headers={"Authorization": f"Bearer {key}"}) as answer:
                    storm.answered.append(("api", answer.status))
                await asyncio.sleep(0.02)

        async def claim() -> None:
            for other in others:
                storm.claims.append(await asyncio.to_thread(world.claim, other))
                storm.answered.append(("claim", 0))

        asking, claiming = asyncio.create_task(ask()), asyncio.create_task(claim())
        stop = {"MessageSid": "SM" + "f" * 32, "From": PHONE, "Body": "STOP"}
        await asyncio.gather(
            post("stop", "/webhooks/twilio/inbound", stop, SECONDS / 2),
            *(
                post("callback", f"/webhooks/twilio/status/{token}", form, number / len(callbacks) * SECONDS)
                for number, (token, form) in enumerate(callbacks)
            ),
        )
        over.set()
        await asyncio.gather(asking, claiming)
    async with asyncio.timeout(60):
        while world.rows("SELECT 1 FROM inbox WHERE state = 'waiting' AND kind = 'status'"):
            await asyncio.sleep(0.05)
    return storm


async def test_every_callback_is_taken_and_none_is_told_to_slow_down(storm: Storm) -> None:
    assert Counter(storm.answers_to("callback")) == {204: MESSAGES * len(STATUSES) + REPEATED}


async def test_none_is_lost_and_none_counts_twice(world: World, storm: Storm) -> None:
    assert world.rows("SELECT state, count(*) AS n FROM inbox WHERE kind = 'status' GROUP BY state") == [
        {"state": "done", "n": MESSAGES * len(STATUSES)}
    ]
    per_message = "SELECT count(*) AS n FROM evidence WHERE message_id = ANY(:ids) GROUP BY message_id"
    counts = Counter(row["n"] for row in world.rows(per_message, ids=storm.messages))
    assert counts == {len(STATUSES): MESSAGES}


async def test_every_message_ends_in_the_right_state(world: World, storm: Storm) -> None:
    query = "SELECT state, delivery, provider_message_id FROM message WHERE id = :id"
    for number, message in enumerate(storm.messages):
        assert tuple(world.one(query, id=message).values()) == ("accepted", "delivered", f"SM{number:032x}")
    assert world.tasks() == []


async def test_a_stop_in_the_middle_is_in_effect_before_the_storm_is_over(world: World, storm: Storm) -> None:
    assert storm.answers_to("stop") == [200]
    assert storm.places_of("stop")[0] < storm.places_of("callback")[-1]
    assert world.one("SELECT status FROM consent ORDER BY id DESC LIMIT 1")["status"] == "revoked"


async def test_api_requests_and_claims_go_on_meanwhile(storm: Storm) -> None:
    assert set(storm.answers_to("api")) == {200}
    last = storm.places_of("callback")[-1]
    assert sum(place < last for place in storm.places_of("api")) >= 3
    assert storm.places_of("claim")[0] < last
    assert all(isinstance(claim, Claimed) for claim in storm.claims)
