"""A stand-in for an OpenAI-compatible model: chat completions with an answer in a JSON schema, and every way to go wrong.

It words nothing: it gives the text of the request back, with a sentence before it, so that a reader sees who wrote. `--port 0`
picks a free port; when it listens it prints `{"ready": true, "port": N}`. Faults and the request log are steered under
`/_standin/` on the same port; what it says badly, under `/_standin/manner`.
"""

import asyncio
import os

from deploy.local.standins.kit.serving import arguments, serve
from deploy.local.standins.openai.application import make_application


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = arguments(__doc__)
    key = os.environ.get("OPENAI_API_KEY", "local-model-key")
    parser.add_argument("--api-key", default=key, help="or OPENAI_API_KEY (default: local-model-key)")
    given = parser.parse_args()
    asyncio.run(serve(make_application(given.api_key, given.state_dir), given.host, given.port))


if __name__ == "__main__":
    main()
