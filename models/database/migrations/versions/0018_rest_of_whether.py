"""Remember whether the runs inside a pause have been told, and what kind of line a number is"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('pause', sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE pause SET announced_at = at")
    op.create_index('pause_to_announce', 'pause', ['at'], postgresql_where=sa.text('announced_at IS NULL'))

    op.create_table('phone_line',
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('address_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('line_type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('looked_up_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.PrimaryKeyConstraint('client_id', 'address_hash')
    )
    op.create_index('phone_line_looked_up', 'phone_line', ['looked_up_at'])


def downgrade() -> None:
    op.drop_table('phone_line')
    op.drop_index('pause_to_announce', 'pause')
    op.drop_column('pause', 'announced_at')
