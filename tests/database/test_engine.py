import os
import socket

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from models.database.engine import GIVE_UP_A_SILENT_SERVER, make_engine
from models.settings import DatabaseSettings

TCP_USER_TIMEOUT = 18
"""From linux/tcp.h; Python 3.11 does not name it."""


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="the options are Linux's")
def test_a_server_that_falls_silent_is_given_up_within_half_a_minute(database_url: str) -> None:
    engine: Engine = make_engine(DatabaseSettings(url=SecretStr(make_url(database_url).render_as_string(False))))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        wire = connection.connection.dbapi_connection
        assert wire is not None
        ours = socket.socket(fileno=os.dup(wire.fileno()))
        with ours:
            assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, TCP_USER_TIMEOUT)
            assert [ours.getsockopt(socket.IPPROTO_TCP, option) for option in options] == [10, 5, 3, 25_000]
    engine.dispose()
    seen = GIVE_UP_A_SILENT_SERVER
    assert seen["keepalives_idle"] + seen["keepalives_interval"] * seen["keepalives_count"] <= 30
