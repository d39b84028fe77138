"""`python -m starter.serve`: the HTTP API and the web hooks, until SIGTERM or SIGINT; open requests are finished."""

import logging
import signal
import sys
from types import FrameType

import uvicorn
from sqlalchemy.exc import OperationalError

from models.database.engine import make_engine
from models.database.events import Origin
from models.database.portal.reading import UnsafePortal, portal_reader
from models.database.recovery.ledger_epoch import tell_if_replaced
from models.database.safety import leave_if_unsafe
from models.failpoints import arm
from models.logs import configure_logs
from models.observability.switch import Process, observe
from models.settings import Settings
from starter.app import create_app

GRACE_SECONDS = 15
log = logging.getLogger("starter")


def main(settings: Settings) -> None:
    """Serve until a signal asks to stop. Ends with 0 then, with 1 if the database is unsafe or does not answer."""
    configure_logs(settings.observability.log_level, "api")
    arm(settings.failpoints)
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
        leave_if_unsafe(engine, log)
        tell_if_replaced(engine, settings.database.epoch, Origin("api"), log)
    finally:
        engine.dispose()
    portal = portal_reader(settings)
    try:
        portal.refuse_unsafe()
    except (UnsafePortal, OperationalError) as unsafe:
        why = str(unsafe) if isinstance(unsafe, UnsafePortal) else "its login does not answer"
        log.error("the portal is unsafe", extra={"settings": why})
        sys.exit(1)
    finally:
        portal.close()


def _leave(_: int, __: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main(Settings())
