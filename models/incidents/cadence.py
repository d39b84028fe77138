"""When readers of an incident hear of it next. A promised time that passes in silence is worse than no promise.

After https://response.pagerduty.com/during/external_communication_guidelines/, slowed down for paused automation.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.business_days import CLOSES, OPENS, after_business_time, business_day_after
from models.incidents.states import IncidentSeverity

DAILY_AFTER = timedelta(hours=48)
SUMMARY_AFTER_BUSINESS_DAYS = 5
_DAY = timedelta(days=1)
_FIRST_NOTICE = {IncidentSeverity.CRITICAL: timedelta(minutes=30)}
_UPDATES = {IncidentSeverity.CRITICAL: timedelta(hours=1)}
_USUAL_FIRST_NOTICE, _USUAL_UPDATE = timedelta(hours=1), timedelta(hours=4)


def first_notice_due(severity: IncidentSeverity, opened_at: datetime, zone: str) -> datetime:
    """Return until when the first notice must be out: 30 minutes at any hour if critical, else one business hour.

    Args:
        severity: What it means for the client.
        opened_at: When it was opened; aware.
        zone: The client's, IANA.
    """
    if severity is IncidentSeverity.CRITICAL:
        return opened_at + _FIRST_NOTICE[severity]
    return after_business_time(opened_at, _USUAL_FIRST_NOTICE, zone)


def next_update_due(severity: IncidentSeverity, opened_at: datetime, last_update: datetime, zone: str) -> datetime:
    """Return until when the next update must be out: hourly if critical, else every four business hours; later, daily."""
    if last_update - opened_at >= DAILY_AFTER:
        return last_update + _DAY if severity is IncidentSeverity.CRITICAL else _next_business_day(last_update, zone)
    if severity is IncidentSeverity.CRITICAL:
        return last_update + _UPDATES[severity]
    return after_business_time(last_update, _USUAL_UPDATE, zone)


def summary_due(resolved_at: datetime, zone: str) -> datetime:
    """Return until when the summary must be out: the end of the fifth business day after the day it was resolved."""
    day = resolved_at.astimezone(ZoneInfo(zone)).date()
    for _ in range(SUMMARY_AFTER_BUSINESS_DAYS):
        day = business_day_after(day)
    return datetime.combine(day, CLOSES, ZoneInfo(zone))


def _next_business_day(moment: datetime, zone: str) -> datetime:
    local = moment.astimezone(ZoneInfo(zone))
    wall = min(max(local.time(), OPENS), CLOSES)
    return datetime.combine(business_day_after(local.date()), wall, ZoneInfo(zone))
