"""What this command line itself finds wrong."""

from models.errors import CommsError


class Problem(CommsError):
    """Something this command line found wrong itself. The message is shown as it is."""


class Misunderstood(Problem):
    """The command does not say what is needed, or says too much. It ends like every command that is not understood."""


class Unreachable(Problem):
    """Something that this command needs does not answer."""
