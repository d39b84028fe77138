"""What stands for a payload that nobody can read."""


class Unreadable(bytes):
    """The bytes of a payload with broken JSON or an encoding we do not know. It may hold what a person meant to keep."""
