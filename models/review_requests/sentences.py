"""Where an open request stands, in a sentence for the Temporal UI and for explanations. Pure."""

from models.review_requests.travelling import JobNews


def standing(job: JobNews) -> str:
    """Return what has come of the messages of a request."""
    if not job.sent:
        return "Nothing has been sent."
    what = "The request was sent" if job.sent == 1 else "The request and its reminder were sent"
    if job.clicked:
        return f"{what}, and the link was opened. Whether a review follows is observed."
    if job.delivered:
        return f"{what} and delivered. Nobody has opened the link yet."
    return f"{what}. Nobody has opened the link yet."
