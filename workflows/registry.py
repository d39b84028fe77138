"""Every workflow of the service, for whoever runs or replays them."""

from workflows.outreach_sequence import OutreachSequence
from workflows.review_request import ReviewRequest
from workflows.run_rollback import RunRollback

WORKFLOWS = (OutreachSequence, ReviewRequest, RunRollback)
