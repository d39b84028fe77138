"""Let several pauses hold one scope, each with its terms, and let what they held leave in turn"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

STILL_PAUSED = """
    INSERT INTO pause (id, scope, code, reason, owner, put_by, source, held_work, evidence, runs, epoch, at)
    SELECT CAST(md5(scope) AS uuid), scope, 'by_hand', reason, owner, owner, 'migration', 'expire_late', '{}', 0, epoch, at
    FROM pause_before WHERE paused
"""
"""Their earlier events name no pause, and the audit knows them by the same id."""
NEWEST_STATE = """
    INSERT INTO pause (scope, paused, epoch, reason, owner, at)
    SELECT DISTINCT ON (e.scope) e.scope, EXISTS (SELECT 1 FROM pause_after p WHERE p.scope = e.scope AND p.paused),
        e.epoch, e.reason, e.owner, e.at
    FROM pause_event e ORDER BY e.scope, e.id DESC
"""


def upgrade() -> None:
    op.rename_table('pause', 'pause_before')
    op.execute('ALTER TABLE pause_before DROP CONSTRAINT pause_pkey')
    op.create_table('pause',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('put_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('held_work', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lift_rule', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('runs', sa.Integer(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('per_second', sa.Float(), nullable=True),
    sa.Column('paused', sa.Boolean(), sa.Computed('lifted_at IS NULL', persisted=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('one_open_pause', 'pause', ['scope', 'code', 'put_by'], unique=True,
                    postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_index('pause_of_scope', 'pause', ['scope'], unique=False)
    op.execute(STILL_PAUSED)
    op.drop_table('pause_before')
    op.add_column('pause_event', sa.Column('pause_id', sa.Uuid(), nullable=True))
    op.create_table('pause_in_flight',
    sa.Column('pause_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.ForeignKeyConstraint(['pause_id'], ['pause.id'], ),
    sa.PrimaryKeyConstraint('pause_id', 'message_id')
    )
    op.create_table('pause_preview',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pause_id', sa.Uuid(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('asked_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('per_second', sa.Float(), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['pause_id'], ['pause.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_pause_preview_pause_id'), 'pause_preview', ['pause_id'], unique=False)
    op.create_table('pause_drain',
    sa.Column('pause_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('expected', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('turn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.ForeignKeyConstraint(['pause_id'], ['pause.id'], ),
    sa.PrimaryKeyConstraint('pause_id', 'message_id')
    )
    op.create_index(op.f('ix_pause_drain_message_id'), 'pause_drain', ['message_id'], unique=False)
    op.add_column('message', sa.Column('turn_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('message_waiting', 'message', ['client_id'], unique=False, postgresql_where=sa.text("state = 'ready'"))
    op.create_index('message_in_flight', 'message', ['client_id'], unique=False,
                    postgresql_where=sa.text("state IN ('dispatching', 'unknown', 'escalated')"))
    op.create_index('task_of_subject', 'owner_task', ['subject', 'kind'], unique=False)
    op.create_index('attempt_by_end', 'attempt', ['ended_at'], unique=False)


def downgrade() -> None:
    op.drop_index('attempt_by_end', table_name='attempt')
    op.drop_index('task_of_subject', table_name='owner_task')
    op.drop_index('message_in_flight', table_name='message')
    op.drop_index('message_waiting', table_name='message')
    op.drop_column('message', 'turn_at')
    op.drop_table('pause_drain')
    op.drop_table('pause_preview')
    op.drop_table('pause_in_flight')
    op.rename_table('pause', 'pause_after')
    op.execute('ALTER TABLE pause_after DROP CONSTRAINT pause_pkey')
    op.create_table('pause',
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('scope')
    )
    op.execute(NEWEST_STATE)
    op.drop_table('pause_after')
    op.drop_column('pause_event', 'pause_id')
