"""`python -m starter.serve`: the HTTP API and the web hooks, until SIGTERM or SIGINT; open requests are finished."""

import logging
import signal
import sys
from types import FrameType

import uvicorn
from sqlalchemy.exc import OperationalError

from models.database.engine import UnsafeDatabase, make_engine, refuse_unsafe
from models.logs import configure_logs
from models.observability.switch import Process, observe
from models.settings import Settings
from starter.app import create_app

GRACE_SECONDS = 15
log = logging.getLogger("starter")


def main(settings: Settings) -> None:
    """Serve until a signal asks to stop. Ends with 0 then, with 1 if the database is unsafe or does not answer."""
    configure_logs(settings.observability.log_level, "api")
    observed = observe(settings.observability, Process.API)
    # The server passes the signal on once it has stopped; asked to stop, this process has done well.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    _check_database(settings)
    uvicorn.run(
        create_app(settings, observed),
        host=settings.api.host,
        port=settings.api.port,
        log_config=None,
        access_log=False,  # its lines hold paths with tokens
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _check_database(settings: Settings) -> None:
    engine = make_engine(settings.database, pool_size=1)
    try:
        refuse_unsafe(engine)
    except UnsafeDatabase as unsafe:
        log.error("the database is unsafe", extra={"settings": str(unsafe)})
        sys.exit(1)
    except OperationalError:
        log.error("the database does not answer")
        sys.exit(1)
    finally:
        engine.dispose()


def _leave(_: int, __: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main(Settings())
