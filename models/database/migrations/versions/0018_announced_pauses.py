"""Remember whether the runs inside a pause have been told"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('pause', sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE pause SET announced_at = at")
    op.create_index('pause_to_announce', 'pause', ['at'], postgresql_where=sa.text('announced_at IS NULL'))


def downgrade() -> None:
    op.drop_index('pause_to_announce', 'pause')
    op.drop_column('pause', 'announced_at')
