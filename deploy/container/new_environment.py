"""`python3 -m deploy.container.new_environment`: writes `.env` from `.env.example`, with secrets of its own.

Needs nothing but Python 3.11. Every `replace-me-NAME` becomes one random value, the same wherever the name stands; the
sealing key becomes 32 random bytes. The file is readable by its owner only; one that exists is never overwritten.
"""

import base64
import re
import secrets
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
EXAMPLE_SEALING_KEY = base64.b64encode(b"replace-me-replace-me-replace-me").decode()
PLACEHOLDER = re.compile(r"replace-me-[a-z-]+")
OWNER_ONLY = 0o600


def with_own_secrets(example: str) -> str:
    """Return the text with every placeholder replaced. Random values are hexadecimal, so they need no quoting."""
    chosen = {name: secrets.token_hex(24) for name in set(PLACEHOLDER.findall(example))}
    sealing_key = base64.b64encode(secrets.token_bytes(32)).decode()
    text = example.replace(EXAMPLE_SEALING_KEY, sealing_key)
    return PLACEHOLDER.sub(lambda found: chosen[found.group()], text)


def write(path: Path) -> None:
    """Write a new file.

    Raises:
        FileExistsError: there is one already; its secrets may be in use.
    """
    text = with_own_secrets(EXAMPLE.read_text())
    path.touch(mode=OWNER_ONLY, exist_ok=False)
    path.write_text(text)


if __name__ == "__main__":
    try:
        write(EXAMPLE.with_name(".env"))
    except FileExistsError:
        sys.exit(".env exists and is kept; its secrets may be in use")
