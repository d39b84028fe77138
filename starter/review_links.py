"""The link in a review request: it leads everybody to the same place, and shows that it was used."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models.database.engine import transaction
from models.database.review_requests import link_uses
from models.review_requests.links import LENGTH, PATH
from starter.resources import Uses

router = APIRouter(prefix=PATH, tags=["Review links"], default_response_class=HTMLResponse)
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_UNKNOWN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>This link does not work</title></head><body><main><h1>This link does not work</h1>
<p>Please use the link as it is in the message.</p></main></body></html>"""


@router.head("/{token}", include_in_schema=False)
@router.get("/{token}", summary="Go to where reviews are left", status_code=HTTPStatus.FOUND)
def follow(token: str, request: Request, uses: Uses) -> Response:
    """Lead to the client's review page, whoever asks. No page in between: nobody is asked first what they think.

    Nothing of the visitor is kept. What programs do (mail filters, previews) is not counted as a click.
    """
    agent = request.headers.get("User-Agent", "")
    with transaction(uses.webhook_engine) as session:
        known = len(token) == LENGTH
        target = link_uses.use(session, token, request.method, agent) if known else None
    if target is None:
        return HTMLResponse(_UNKNOWN, HTTPStatus.NOT_FOUND, _HEADERS)
    return RedirectResponse(target, HTTPStatus.FOUND, _HEADERS)
