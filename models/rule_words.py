"""Sending rules in plain words: for the API, the command line and whoever asks why."""

from models.holidays import US_FEDERAL
from models.plurals import counted
from models.rule_terms import CapTerms, HolidayTerms, HoursTerms, PriorityTerms, Terms
from models.sending_rules import UNKNOWN_PLACE, Reach, SendingRule

_REACHES = {Reach.EVERYTHING: "", Reach.FOLLOW_UP: ", but for an immediate answer", Reach.PROMOTIONAL: ", promotional"}
_CALENDARS = {US_FEDERAL: "US federal holidays", "CA": "Canadian holidays"}


def in_words(rule: SendingRule) -> str:
    """Return what a rule says, as one sentence without a full stop."""
    where = {"": "everywhere", UNKNOWN_PLACE: "where nothing tells where the person is"}.get(rule.place, rule.place)
    what = f"{rule.channel or 'every channel'}{_REACHES[rule.reach]}"
    return f"{where}, {what}: {_said(rule.terms)}"


def _said(terms: Terms | None) -> str:
    match terms:
        case HoursTerms():
            given = terms.model_dump(exclude_none=True, exclude={"zone"})
            days = "; ".join(f"{name} {getattr(terms, name)}" for name in given)
            return days + (f" ({terms.zone})" if terms.zone else "")
        case HolidayTerms():
            calendar = [_calendar(terms.calendar)] if terms.calendar else []
            return "closed on " + ", ".join([*calendar, *(f"{day:%d %b %Y}" for day in terms.dates)])
        case CapTerms(ends_after=ends_after) if ends_after is not None:
            return f"nothing more {counted(ends_after.days, 'day')} after the person was last in contact"
        case CapTerms(within=None, messages=int(most)):
            return f"at most {counted(most, 'message')} in one enrolment"
        case CapTerms():
            return f"at most {terms.messages} in {span(terms)}"
        case PriorityTerms():
            return " before ".join("/".join(group) for group in terms.order)
        case None:
            return "withdrawn"


def _calendar(name: str) -> str:
    own = "its own and US federal holidays" if name.startswith("US-") else "its holidays"
    return _CALENDARS.get(name) or f"{own} ({name})"


def span(cap: CapTerms) -> str:
    """Return the span of a cap, such as `7 days`. Raises ValueError if it has none."""
    if cap.within is None:
        raise ValueError("a cap of an enrolment has no span")
    hours = cap.within.total_seconds() / 3600
    return f"{cap.within.days} days" if hours > 48 and hours % 24 == 0 else f"{hours:g} hours"
