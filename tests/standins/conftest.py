from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.standins.program import Program, running
from tests.standins.web_hook_receiver import Receiver, receiving

AUTH_TOKEN = "the-auth-token"


@pytest.fixture(scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving(AUTH_TOKEN) as receiver:
        yield receiver


@pytest.fixture(scope="session")
async def twilio_program(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with running("twilio", tmp_path_factory.mktemp("twilio"), *twilio_options(receiver)) as program:
        yield program


@pytest.fixture
async def twilio(twilio_program: Program) -> AsyncIterator[Program]:
    yield twilio_program
    await twilio_program.control.delete("/faults")


@pytest.fixture(scope="session")
async def hubspot_program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with running("hubspot", tmp_path_factory.mktemp("hubspot"), *hubspot_options()) as program:
        yield program


@pytest.fixture
async def hubspot(hubspot_program: Program) -> AsyncIterator[Program]:
    yield hubspot_program
    await hubspot_program.control.delete("/faults")


@pytest.fixture(scope="session")
async def google_program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with running("google_business", tmp_path_factory.mktemp("google"), *google_options()) as program:
        yield program


@pytest.fixture
async def google(google_program: Program) -> AsyncIterator[Program]:
    yield google_program
    await google_program.control.delete("/faults")
    await google_program.control.put("/access", json={"refresh": True})


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "state"


def twilio_options(receiver: Receiver, step_delay: str = "0.02") -> tuple[str, ...]:
    inbound = f"{receiver.base_url}/webhooks/twilio/inbound?client=acme%20inc"
    return ("--auth-token", AUTH_TOKEN, "--inbound-url", inbound, "--step-delay", step_delay)


def google_options() -> tuple[str, ...]:
    return ("--client-id", "the-client", "--client-secret", "the-secret", "--refresh-token", "the-refresh")


def hubspot_options() -> tuple[str, ...]:
    return (
        "--token", "the-token",
        "--unique-property", "contacts:agency_lead_id",
        "--unique-property", "deals:agency_lead_id",
    )  # fmt: skip
