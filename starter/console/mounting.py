"""Every page of the console, in one list."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from starter.console import (
    approval_link,
    approvals,
    assets,
    audit,
    digests,
    incidents,
    leads,
    measures,
    opening,
    outputs,
    pauses,
    post_review,
    posts,
    provider_sign_in,
    resuming,
    run_after,
    run_controls,
    run_page,
    runs,
    sequences,
    signing_in,
    simulation,
    start,
    tasks,
    telling,
    template_acts,
    templates,
)

ROOMS = (
    start,
    runs,
    run_page,
    run_controls,
    run_after,
    leads,
    audit,
    pauses,
    resuming,
    opening,
    incidents,
    telling,
    digests,
    posts,
    sequences,
    templates,
    template_acts,
    measures,
    outputs,
    approvals,
    tasks,
    simulation,
    assets,
)
"""Modules with a `router`, each on a line of its own."""


def include_console(every: APIRouter) -> None:
    """Add every page of the console, and the pages of staff beside it."""
    for room in (signing_in, provider_sign_in, approval_link, post_review, *ROOMS):
        every.include_router(room.router)
    every.include_router(assets.anything_else)


def console_routes() -> list[APIRoute]:
    """Return every route of the console."""
    return [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
