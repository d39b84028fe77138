"""Leave notices to colleagues out of what a run says, and approvals that nobody waited for out of their measure"""

from pathlib import Path

from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

# Belong to this migration like its own text. What they were before is what the files named there have made of them.
PLACE = Path(__file__).parent.parent
BEFORE = {'output_run': 'views_0022', 'measure_approval_time': 'views_0019'}


def upgrade() -> None:
    for view in BEFORE:
        op.execute((PLACE / 'views_0024' / f'{view}.sql').read_text(encoding='utf-8'))


def downgrade() -> None:
    for view, place in BEFORE.items():
        made = (PLACE / place / f'{view}.sql').read_text(encoding='utf-8')
        op.execute(made.replace('CREATE VIEW', 'CREATE OR REPLACE VIEW'))
