"""Every page of the console, in one list."""

from fastapi import FastAPI
from fastapi.routing import APIRoute

from starter.console import (
    approval_link,
    approvals,
    assets,
    audit,
    leads,
    post_review,
    provider_sign_in,
    run_after,
    run_controls,
    run_page,
    runs,
    signing_in,
    start,
    tasks,
)
from starter.console.navigation import menu

ROOMS = (
    start,
    approvals,
    tasks,
    runs,
    run_page,
    run_controls,
    run_after,
    leads,
    audit,
    assets,
)
"""Modules with a `router`, each on a line of its own."""


def mount_console(app: FastAPI) -> None:
    """Add every page of the console to the application, and the pages of staff beside it."""
    for room in (signing_in, provider_sign_in, approval_link, post_review, *ROOMS):
        app.include_router(room.router)
    app.include_router(assets.anything_else)
    app.state.console_menu = menu({route.path for route in console_routes()})


def console_routes() -> list[APIRoute]:
    """Return every route of the console."""
    return [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
