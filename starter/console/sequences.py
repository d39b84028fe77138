"""Sequences: which there are, and one as a picture with what is to be said of it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from models.copywriting import SequenceVersion
from models.database import library
from models.database.engine import transaction
from starter.console.drawing.steps import drawn
from starter.console.frame import page
from starter.console.library_words import APPROVAL, TONES, remarks_on_sequence
from starter.console.routing import console_router
from starter.console.visiting import Anybody
from starter.measure_words import span_in_words
from starter.problems import Problem
from starter.resources import Uses

router = console_router()


@router.get("/console/sequences")
def overview(visit: Anybody, uses: Uses) -> Response:
    """Show the newest version of each sequence."""
    with transaction(uses.engine) as session:
        found = library.sequences(session)
    newest = {one.key: one for one in reversed(found)}
    return page("sequences.html.jinja", visit, sequences=[newest[key] for key in sorted(newest)])


@router.get("/console/sequences/{key}")
def show(key: str, visit: Anybody, uses: Uses, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """Show one version: the newest, unless another is named."""
    with transaction(uses.engine) as session:
        versions = [one for one in library.sequences(session) if one.key == key]
        shown = next((one for one in versions if version in (None, one.version)), None)
        if shown is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such sequence or version; see the list of sequences")
        texts = {(row["key"], row["version"]): row for row in library.templates(session)}
        remarks = remarks_on_sequence(session, shown, texts)
    return page(
        "sequence.html.jinja", visit, sequence=shown, versions=versions, remarks=remarks, texts=texts, words=APPROVAL,
        tones=TONES, course=drawn(shown), description=_in_words(shown),
        spans={step.key: (_span(step.delay), _span(step.response_window), _span(step.lifetime)) for step in shown.steps},
    )  # fmt: skip


def _span(span: object) -> str:
    seconds = span.total_seconds() if hasattr(span, "total_seconds") else 0
    return span_in_words(seconds) if seconds else "at once"


def _in_words(sequence: SequenceVersion) -> str:
    steps = (
        f"{step.key} by {step.channel} after {_span(step.delay)}, listens {_span(step.response_window)}"
        for step in sequence.steps
    )
    return "; ".join(steps)
