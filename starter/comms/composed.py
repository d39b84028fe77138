"""Commands that other parts of the installed package bring along.

The service does not know how it is deployed, so `starter` cannot import what starts a stack. The package names it instead
(`[project.entry-points."comms.commands"]` in pyproject.toml), and only a package that is installed has it.
"""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution

PACKAGE = "zartsalgo-comms"
GROUP = "comms.commands"


def brought_along() -> Mapping[str, str]:
    """Return where the commands are (`module:name`), by name; none in a checkout that is not installed."""
    try:
        named = distribution(PACKAGE).entry_points
    except PackageNotFoundError:
        return {}
    return {one.name: one.value for one in named.select(group=GROUP)}
