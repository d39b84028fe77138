"""Loopback ports: chosen free once, kept in `ports.json`, so that links and settings survive a restart."""

import json
import random
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000
"""Below the range from which systems lend ports to outgoing connections, which could take ours while we are down."""


def is_free(port: int) -> bool:
    """Say whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(taken: Iterable[int] = ()) -> int:
    """Return a free loopback port that is not in `taken`."""
    avoided = set(taken)
    candidates = random.sample(range(LOWEST, HIGHEST), k=HIGHEST - LOWEST)  # noqa: S311
    for port in candidates:
        if port not in avoided and is_free(port):
            return port
    raise OSError(f"no free port on {LOOPBACK} between {LOWEST} and {HIGHEST}")


def stable_ports(path: Path, names: Iterable[str]) -> tuple[Mapping[str, int], list[str]]:
    """Return a port for each name, and a sentence for each remembered port that something else has taken meanwhile.

    Call it while none of the named servers runs. The file is rewritten with the result.
    """
    remembered: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    ports: dict[str, int] = {}
    changes: list[str] = []
    for name in names:
        port = remembered.get(name)
        if port is not None and is_free(port):
            ports[name] = port
            continue
        ports[name] = free_port({*remembered.values(), *ports.values()})
        if port is not None:
            changes.append(f"port {port} of {name} is taken by another program; using {ports[name]} from now on")
    path.write_text(json.dumps(remembered | ports, indent=2))
    return ports, changes
