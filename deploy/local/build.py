"""Which version of the code a local stack runs, as Temporal is to know it."""

import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
COMMIT = 12
"""Characters of a commit."""


@cache
def build_id() -> str:
    """Return the commit of the checkout, marked if files differ from it; the version of the package where there is no git."""
    commit = _git("rev-parse", f"--short={COMMIT}", "HEAD")
    if commit is None:
        return _package()
    return f"{commit}-edited" if _git("status", "--porcelain", "--untracked-files=no") else commit


def _git(*arguments: str) -> str | None:
    """Return what git says of this checkout; None if there is no git, or this is none of its work trees."""
    try:
        said = subprocess.run(
            ["git", "-C", str(CHECKOUT), *arguments], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip()


def _package() -> str:
    try:
        return version("zartsalgo-comms")
    except PackageNotFoundError:
        return "unversioned"
