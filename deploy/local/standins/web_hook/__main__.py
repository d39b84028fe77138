"""A stand-in for whoever receives our signed web hooks (Standard Webhooks): leads handed off, and handoffs made void.

`--port 0` picks a free port; when it listens it prints `{"ready": true, "port": N}`. The web hook is `POST /leads`. Faults
and the request log are steered under `/_standin/` on the same port; a fault rule may address a lead by phone number, e-mail
address or our lead id. `GET /_standin/leads` shows what is known, `POST /_standin/leads/{id}/take` says that somebody works
on a lead, whose handoff is then not void any more on request (409). Everything but the faults survives a kill.
"""

import asyncio

from deploy.local.standins.kit.serving import arguments, serve
from deploy.local.standins.web_hook.application import make_application

USUAL_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = arguments(__doc__)
    parser.add_argument("--secret", default=USUAL_SECRET, help="whsec_ and base64 (default: %(default)s)")
    given = parser.parse_args()
    asyncio.run(serve(make_application(given.secret, given.state_dir), given.host, given.port))


if __name__ == "__main__":
    main()
