"""A stand-in for Google Business Profile: access tokens, and the reviews of locations.

`--port 0` picks a free port; when it listens it prints `{"ready": true, "port": N}`. Faults and the request log are
steered under `/_standin/` on the same port, where `POST /_standin/reviews` also leaves a review, and
`PUT /_standin/access` takes access away and gives it back. Everything but the faults survives a kill.
"""

import asyncio
import os
from argparse import ArgumentParser

from deploy.local.standins.google_business.application import make_application
from deploy.local.standins.google_business.tokens import OAuthClient
from deploy.local.standins.kit.serving import arguments, serve


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    given = _parser().parse_args()
    client = OAuthClient(given.client_id, given.client_secret, given.refresh_token)
    asyncio.run(serve(make_application(client, given.state_dir), given.host, given.port))


def _parser() -> ArgumentParser:
    parser = arguments(__doc__)
    for name, fallback in (
        ("client-id", "local-google-client"),
        ("client-secret", "local-google-secret"),
        ("refresh-token", "local-google-refresh"),
    ):
        variable = f"GOOGLE_{name.replace('-', '_').upper()}"
        parser.add_argument(
            f"--{name}", default=os.environ.get(variable, fallback), help=f"or {variable} (default: {fallback})"
        )
    return parser


if __name__ == "__main__":
    main()
