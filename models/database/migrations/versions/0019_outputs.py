"""Prepare the eight outputs and the measures as views"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

# Belong to this migration like its own text: a change of a view is a new migration with files of its own.
SQL = Path(__file__).parent.parent / 'views_0019'
VIEWS = (
    'output_run', 'output_delivery_status', 'output_reply_capture', 'output_task_line', 'output_owner_task',
    'output_approval_line', 'output_approval_state', 'output_post_line', 'output_portal_update', 'output_incident_note',
    'output_report_digest', 'output_booked_outcome',
    'measure_response_time', 'measure_approval_time', 'measure_delivery_rate', 'measure_reply_rate', 'measure_opt_out_rate',
    'measure_report_view', 'measure_booked_outcome', 'measure_booked_value', 'measure_review_outcome',
    'measure_lost_reason', 'measure_source_coverage', 'measure_next_action',
)
PAIRED = ('reply_received', 'task_opened', 'task_closed', 'approval_requested', 'approval_decided', 'outcome_recorded')


def upgrade() -> None:
    listed = ', '.join(f"'{kind}'" for kind in PAIRED)
    op.create_index('event_beside_its_row', 'event', ['at'], unique=False, postgresql_where=sa.text(f'kind IN ({listed})'))
    for view in VIEWS:
        op.execute((SQL / f'{view}.sql').read_text(encoding='utf-8'))


def downgrade() -> None:
    for view in reversed(VIEWS):
        op.execute(f'DROP VIEW {view}')
    op.drop_index('event_beside_its_row', table_name='event')
