"""SNS, SQS and S3 on one local port: moto's server with true signatures and queues that survive.

    python -m deploy.local.standins.aws --host 127.0.0.1 --port 4566 --state-dir DIR

Makes topic `comms-ses-events`, queue `comms-ses-events` with a dead-letter queue behind it, and the subscription
between them (signature version 2, raw delivery off). When all is there, one line of JSON on stdout:
`{"ready": true, "port", "endpoint", "topic_arn", "queue_url", "dead_letter_queue_url", "signing_certificate"}`;
the last is the path of the PEM that notifications verify against. Messages in queues survive a kill; topics, and
queues and buckets made by others, do not. On the same port the same names come back as the same ARNs and URLs.
"""

import argparse
import json
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from deploy.local.standins.aws.moto_parts import install
from deploy.local.standins.aws.resources import create_resources
from deploy.local.standins.aws.signing_identity import signing_identity

POLL_SECONDS = 0.05
"""How soon the server notices that it shall end."""


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _options()
    identity = signing_identity(options.state_dir)
    install(identity, options.state_dir)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = _server(options.host, options.port)
    endpoint = f"http://{options.host}:{server.port}"
    # Early clients wait in the backlog: what they published to a topic without a subscription would be lost.
    with _served(_server("127.0.0.1", 0)) as workshop:
        resources = create_resources(f"http://127.0.0.1:{workshop.port}", options.region, options.visibility_timeout)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    ready = {"ready": True, "port": server.port, "endpoint": endpoint, **asdict(resources.at(endpoint))}
    with _served(server):
        print(json.dumps(ready | {"signing_certificate": str(identity.path.resolve())}), flush=True)
        stopped.wait()


def _server(host: str, port: int) -> BaseWSGIServer:
    # moto's own ThreadedMotoServer waits for ever when the port is taken; this raises.
    app = DomainDispatcherApplication(create_backend_app)
    return make_server(host, port, app, threaded=True, request_handler=MotoRequestHandler)


@contextmanager
def _served(server: BaseWSGIServer) -> Iterator[BaseWSGIServer]:
    threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--visibility-timeout", type=int, default=30, help="seconds (default 30, as at Amazon)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
