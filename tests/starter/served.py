"""An application behind a real server, on a port of its own."""

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from pydantic import SecretStr

from deploy.local.ports import free_port
from models.provider_settings import TwilioSettings
from models.settings import DatabaseSettings, KeySettings, Settings
from starter.app import create_app
from tests.starter.conftest import CURRENT, PUBLIC


def settings_on(database_url: str) -> Settings:
    """Settings whose seals the worlds of the tests can open."""
    secret = SecretStr("only-for-tests")
    sealing = {"k1": SecretStr(base64.b64encode(bytes(32)).decode())}
    return Settings(
        _env_file=None,
        environment="local",
        database=DatabaseSettings(url=SecretStr(database_url)),
        keys=KeySettings(sealing=sealing, sealing_active="k1", callback=secret, approval=secret),
        public_base_url=PUBLIC,
        twilio=TwilioSettings(auth_tokens=[SecretStr(CURRENT)]),
    )


@contextmanager
def served(settings: Settings, port: int = 0) -> Iterator[str]:
    """Serve until the end, on a free port if none is given; gives the base address."""
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
