"""The service's own command line, run against a local stack."""

import os
import subprocess
import sys

from deploy.local.site import REPOSITORY
from deploy.local.stack import LocalStack


def comms(stack: LocalStack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `comms` with the stack's settings; return what it said."""
    return subprocess.run(
        [sys.executable, "-m", "starter.comms", *arguments],
        env={**os.environ, **stack.environment, "COLUMNS": "120"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
