"""Offer a lead to the CRM again after an outage"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0010'
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('handoff', sa.Column('tries', sa.Integer(), server_default='0', nullable=False))
    op.add_column('handoff', sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('handoff', sa.Column('last_error', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.create_index(op.f('ix_handoff_next_try_at'), 'handoff', ['next_try_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_handoff_next_try_at'), table_name='handoff')
    op.drop_column('handoff', 'last_error')
    op.drop_column('handoff', 'next_try_at')
    op.drop_column('handoff', 'tries')
