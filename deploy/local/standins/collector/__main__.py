"""A stand-in for a collector of traces and metrics: writes what it is sent as JSON lines into --state-dir.

Point a stack at it: `COMMS_OBSERVABILITY__OTLP_ENDPOINT=http://127.0.0.1:4318 make run`.
"""

import asyncio

from deploy.local.standins.collector.application import make_application
from deploy.local.standins.kit.serving import arguments, serve


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    given = arguments(__doc__).parse_args()
    asyncio.run(serve(make_application(given.state_dir), given.host, given.port))


if __name__ == "__main__":
    main()
