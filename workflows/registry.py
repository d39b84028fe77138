"""Every workflow of the service, for whoever runs or replays them."""

from workflows.incident_notice import IncidentNotice
from workflows.outreach_sequence import OutreachSequence
from workflows.period_close import PeriodClose
from workflows.report_digest import ReportDigest
from workflows.review_request import ReviewRequest
from workflows.run_rollback import RunRollback
from workflows.trying_out import TemplateTest

WORKFLOWS = (OutreachSequence, ReviewRequest, ReportDigest, PeriodClose, IncidentNotice, TemplateTest, RunRollback)
