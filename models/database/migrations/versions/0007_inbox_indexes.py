"""Find the newest events of a provider without reading all evidence"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('reported_by_callback', 'evidence', ['at'], unique=False, postgresql_where=sa.text("source = 'callback'"))


def downgrade() -> None:
    op.drop_index('reported_by_callback', table_name='evidence', postgresql_where=sa.text("source = 'callback'"))
