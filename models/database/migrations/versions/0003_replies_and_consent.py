"""Say what an opt-out covers, when a hold lapses, until when a lead is away, and by when a task is due"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

LAPSE = """
    UPDATE consent c SET lapses_at = c.at + interval '3 days' WHERE c.status = 'held' AND NOT EXISTS (
        SELECT 1 FROM consent later WHERE later.client_id = c.client_id AND later.channel = c.channel
          AND later.address_hash = c.address_hash AND later.id > c.id AND later.status IN ('released', 'revoked'))
"""
"""A hold that nobody has decided on lapses like a new one. Three days hold any weekend."""
NAME = "UPDATE consent SET seller = client.name FROM client WHERE client.id = consent.client_id"


def upgrade() -> None:
    op.add_column('consent', sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), server_default='channel', nullable=False))
    op.add_column('consent', sa.Column('seller', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.add_column('consent', sa.Column('given_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('consent', sa.Column('lapses_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('hold_that_lapses', 'consent', ['lapses_at'], unique=False, postgresql_where=sa.text("status = 'held'"))
    op.add_column('owner_task', sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('run', sa.Column('away_until', sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f('ix_lead_email'), 'lead', ['email'], unique=False)
    op.execute(LAPSE)
    op.execute(NAME)


def downgrade() -> None:
    op.drop_index(op.f('ix_lead_email'), table_name='lead')
    op.drop_column('run', 'away_until')
    op.drop_column('owner_task', 'due_at')
    op.drop_index('hold_that_lapses', table_name='consent', postgresql_where=sa.text("status = 'held'"))
    op.drop_column('consent', 'lapses_at')
    op.drop_column('consent', 'given_at')
    op.drop_column('consent', 'seller')
    op.drop_column('consent', 'scope')
