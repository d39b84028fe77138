"""What this command line itself finds wrong."""

from models.errors import CommsError


class Problem(CommsError):
    """Something this command line found wrong itself. The message is shown as it is."""


class Unreachable(Problem):
    """Something that this command needs does not answer."""
