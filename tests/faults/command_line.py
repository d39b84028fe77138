"""Commands as a person types them at one stack."""

import asyncio
import json
import os
import sys
from pathlib import Path

from deploy.local.site import REPOSITORY
from deploy.local.stack import LocalStack


async def comms(stack: LocalStack, *arguments: str) -> str:
    """Return what `comms` tells an engineer, its line breaks taken out. Raises RuntimeError if it fails."""
    key = json.loads(stack.site.credentials.read_text())["engineer"]
    keys = {"COMMS_API_KEY": key, "COMMS_API_URL": stack.urls["api"]}
    environment = {**os.environ, **stack.environment, **keys, "COLUMNS": "200"}
    said = await run(sys.executable, "-m", "starter.comms", *arguments, environment=environment)
    return " ".join(said.split())


async def run(*command: str, environment: dict[str, str] | None = None) -> str:
    """Return what a program says. Raises RuntimeError if it fails."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=REPOSITORY, env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{Path(command[0]).name} {' '.join(command[1:3])}: {said.decode()[-2000:]}")
    return said.decode()
