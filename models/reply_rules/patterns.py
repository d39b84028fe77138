"""How the patterns are put together."""

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """Return a pattern that matches where one of several does."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def words(*lines: str) -> str:
    """Return a group that matches one of the words of some lines, the longest first; `_` stands for a space."""
    listed = sorted((word for line in lines for word in line.split()), key=len, reverse=True)
    return f"(?:{'|'.join(word.replace('_', ' ') for word in listed)})"


def vocabulary(*lines: str) -> frozenset[str]:
    """Return the words of some lines."""
    return frozenset(word for line in lines for word in line.split())
