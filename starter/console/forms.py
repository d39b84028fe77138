"""What every form of the console passes before anything is changed, and how it is answered."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form

from starter.console.flash import Back
from starter.console.navigation import HOME
from starter.console.visiting import Visit, visit_of
from starter.problems import Problem
from starter.signed_in import Browsing

NOT_OURS = (
    "this form was not sent by a page of the console that was shown to you; load the page again and repeat it there"
)


def sent(browser: Browsing, visit: Annotated[Visit, Depends(visit_of)], csrf: Annotated[str, Form()] = "") -> Visit:
    """Return who sent a form. Raises Problem (403) unless a page of ours did, shown to this session."""
    if not browser.sent(csrf):
        raise Problem(HTTPStatus.FORBIDDEN, NOT_OURS)
    return visit


Sent = Annotated[Visit, Depends(sent)]
"""Whoever sent a form of ours. Every POST of a `ConsoleRoute` depends on it, named or not."""


def back(to: str, said: str) -> Back:
    """Return the answer to a form that changed something: go to `to`, and say there once what was done.

    Args:
        to: a path of the console.
        said: a sentence, shown on the next page.
    """
    parts = urlsplit(to)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith(HOME)
    return Back(to if ours else HOME, said)
