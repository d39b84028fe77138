"""A stand-in for QuickBooks Online: OAuth tokens that change with each use, the query endpoint, signed web hooks.

`--port 0` picks a free port; when it listens it prints `{"ready": true, "port": N}`. `PUT /_standin/companies/{realm}` sets
up a company: `{"refresh_token": "…", "home_currency": "USD", "Invoice": [{"Id": "1", "TxnDate": "2026-10-03", "TotalAmt": 900,
"Balance": 0}]}`; what is left out stays as it is. `POST …/changes` with `{"kind", "id", "operation", "cloud_events"}` sends a
web hook; `DELETE …/access` revokes our access.
"""

import asyncio

from deploy.local.standins.kit.serving import arguments, serve
from deploy.local.standins.quickbooks.application import App, make_application


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = arguments(__doc__)
    parser.add_argument("--client-id", default="local-client")
    parser.add_argument("--client-secret", default="local-secret")
    parser.add_argument("--verifier", default="local-verifier", help="signs the web hooks")
    parser.add_argument("--web-hook", default="", help="where changes are told")
    given = parser.parse_args()
    app = App(given.client_id, given.client_secret, given.verifier, given.web_hook)
    asyncio.run(serve(make_application(given.state_dir, app), given.host, given.port))


if __name__ == "__main__":
    main()
