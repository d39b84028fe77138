"""`python -m starter.serve`: the HTTP API and the web hooks, until SIGTERM or SIGINT; open requests are finished."""

import uvicorn

from models.logs import configure_logs
from models.settings import Settings
from starter.app import create_app

GRACE_SECONDS = 15


def main(settings: Settings) -> None:
    """Serve until a signal asks to stop."""
    configure_logs(settings.observability.log_level, "api")
    uvicorn.run(
        create_app(settings),
        host=settings.api.host,
        port=settings.api.port,
        log_config=None,
        access_log=False,  # its lines hold paths with tokens
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main(Settings())
