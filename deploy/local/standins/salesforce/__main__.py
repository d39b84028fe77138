"""A stand-in for the Salesforce REST API: client-credentials tokens, leads by an external id, tasks, composite requests.

`--port 0` picks a free port; when it listens it prints `{"ready": true, "port": N}`. Faults and the request log are
steered under `/_standin/` on the same port; a fault rule may address a lead by phone number, e-mail address, id or external
id. `GET /_standin/records/{type}` shows everything stored; `POST /_standin/expire` ends every session. Everything but
faults and sessions survives a kill.
"""

import asyncio
import os

from deploy.local.standins.kit.serving import arguments, serve
from deploy.local.standins.salesforce.application import make_application


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = arguments(__doc__)
    parser.add_argument("--client-id", default="local-client", help="of the connected app (default: %(default)s)")
    parser.add_argument(
        "--client-secret",
        default=os.environ.get("SALESFORCE_CLIENT_SECRET", "local-client-secret"),
        help="of the connected app; or SALESFORCE_CLIENT_SECRET (default: local-client-secret)",
    )
    given = parser.parse_args()
    app = make_application(given.client_id, given.client_secret, given.state_dir)
    asyncio.run(serve(app, given.host, given.port))


if __name__ == "__main__":
    main()
