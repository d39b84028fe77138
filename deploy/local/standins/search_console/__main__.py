"""A stand-in for Google Search Console: OAuth tokens and Search Analytics, with data that are late, partial or revised.

`--port 0` picks a free port; when it listens it prints `{"ready": true, "port": N}`. `PUT /_standin/properties/{site}` sets
up a property: `{"refresh_token": "…", "final_through": "2026-10-29", "days": {"2026-10-01": {"clicks": 4, "impressions": 90,
"position": 7.2}}, "queries": [["plumber denver", 3]]}`; what is left out stays as it is. `DELETE …/access` revokes our access.
"""

import asyncio

from deploy.local.standins.kit.serving import arguments, serve
from deploy.local.standins.search_console.application import make_application


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = arguments(__doc__)
    parser.add_argument("--client-id", default="local-client")
    parser.add_argument("--client-secret", default="local-secret")
    given = parser.parse_args()
    app = make_application(given.state_dir, given.client_id, given.client_secret)
    asyncio.run(serve(app, given.host, given.port))


if __name__ == "__main__":
    main()
