"""The small programs of the containers, on the real servers."""

import asyncio
import socket
from http import HTTPStatus
from uuid import uuid4

import psycopg
import pytest
from aiohttp import web
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from deploy.container import healthy
from deploy.container.answers import answers
from deploy.container.register import missing_attributes, register
from deploy.local.standins.kit.serving import listening
from models.settings import TemporalSettings

LISTEN_PATIENCE_SECONDS = 10


async def test_registering_makes_the_namespace_with_every_search_attribute_and_can_be_repeated(
    temporal_server: str,
) -> None:
    settings = TemporalSettings(address=temporal_server, namespace=f"made-{uuid4().hex[:8]}")
    await register(settings)
    await register(settings)
    client = await Client.connect(settings.address, namespace=settings.namespace)
    assert await missing_attributes(client) == []


async def test_a_worker_is_healthy_while_it_asks_for_work(temporal_server: str) -> None:
    @activity.defn
    async def nothing() -> None: ...

    settings = TemporalSettings(address=temporal_server, task_queue=f"queue-{uuid4().hex[:8]}")
    host = socket.gethostname()
    assert not await healthy.polls(settings, host)
    client = await Client.connect(temporal_server)
    async with Worker(client, task_queue=settings.task_queue, activities=[nothing]):
        async with asyncio.timeout(LISTEN_PATIENCE_SECONDS):
            while not await healthy.polls(settings, host):
                await asyncio.sleep(0.1)
        assert not await healthy.polls(settings, "another-host")


def test_a_relay_is_healthy_while_it_listens_on_the_database(database_url: str) -> None:
    assert not healthy.listens(database_url)
    with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as relay:
        relay.execute("LISTEN news")
        assert healthy.listens(database_url)
    assert not healthy.listens(database_url)


@pytest.mark.parametrize(("status", "good"), [(HTTPStatus.OK, True), (HTTPStatus.SERVICE_UNAVAILABLE, False)])
async def test_a_process_that_speaks_http_is_healthy_when_it_answers_with_a_success(
    status: HTTPStatus, good: bool
) -> None:
    async def health(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/health", health)
    async with listening(app) as port:
        assert await asyncio.to_thread(answers, f"http://127.0.0.1:{port}/health") is good
    assert not await asyncio.to_thread(answers, f"http://127.0.0.1:{port}/health")
