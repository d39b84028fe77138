"""The redaction view as one page without a script: for whoever reviews a post, never for a client."""

from fastapi.responses import HTMLResponse

from models.database.portal.redaction import Redaction
from starter.portal.rendering import page

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def redaction_page(found: Redaction) -> HTMLResponse:
    """Return the page. Its style stands in it, so that it can be kept as a file and read without a key."""
    # The place of a finding in the list below the text, by what identifies it.
    numbers = {finding: number for number, finding in enumerate(found.findings, 1)}
    return page("redaction.html.jinja", headers={"Content-Security-Policy": _POLICY}, found=found, numbers=numbers)
