"""What a pause and a resume come to, in sentences that name the numbers."""

from models.database.permission.holding import Inside
from models.plurals import counted
from starter.api.pause_views import PauseEffect, PreviewView


def would_hold(label: str, would: Inside) -> str:
    """Return what a pause would hold, as the sentence above its last button."""
    of_what = "everything that goes to contacts" if label == "Everything" else label
    held = f"{counted(would.runs, 'run')} and {counted(would.waiting, 'message')}"
    due = f", {would.due:,} of them due now" if would.due else ""
    return f"This holds {held} of {of_what}{due}. Nothing inside leaves from then on, until somebody resumes it."


def put_on(effect: PauseEffect) -> str:
    """Return what a pause came to."""
    if not effect.changed:
        return "It was paused like this before; nothing has changed."
    flying = len(effect.in_flight)
    under_way = f" {counted(flying, 'message was', 'messages were')} under way and may still arrive." if flying else ""
    return f"Paused. {counted(effect.runs, 'open run')} inside; nothing of it is sent from now on.{under_way}"


def would_let_go(shown: PreviewView) -> str:
    """Return what a resume would do, as the sentence above its last button."""
    leaving = shown.counts.get("will_send", 0)
    if not leaving:
        return "No message leaves by this resume; runs inside go on."
    lasts = in_words(leaving / shown.per_second)
    return f"{counted(leaving, 'message leaves', 'messages leave')} at {shown.per_second:g} a second: the last after {lasts}."


def in_words(seconds: float) -> str:
    """Return a span as people say it: seconds, minutes or hours."""
    if seconds < 90:
        return counted(max(round(seconds), 1), "second")
    if seconds < 5400:
        return counted(round(seconds / 60), "minute")
    return counted(round(seconds / 3600), "hour")
