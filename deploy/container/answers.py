"""`python -m deploy.container.answers URL`: exit code 0 if the address answers with a success, 1 if not.

The health check of containers whose process speaks HTTP. The image has no curl, and this imports nothing heavy.
"""

import sys
import urllib.request

PATIENCE_SECONDS = 5


def answers(url: str) -> bool:
    """Say whether the address answers with a status below 400, by no proxy. An error status or no answer is False."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=PATIENCE_SECONDS).close()
    except OSError:  # urllib's errors are ones
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
