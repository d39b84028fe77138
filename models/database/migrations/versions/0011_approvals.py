"""Bind approvals to audience, review and risk; let links and sessions lead to a decision"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('approval', sa.Column('run_id', sa.Uuid(), nullable=True))
    op.create_foreign_key('approval_run_id_fkey', 'approval', 'run', ['run_id'], ['id'])
    op.create_index(op.f('ix_approval_run_id'), 'approval', ['run_id'], unique=False)
    op.execute("UPDATE approval SET run_id = subject_id WHERE subject = 'run'")
    for name, usual in (('review', 'owner'), ('risk', 'routine'), ('audience_hash', '')):
        op.add_column('approval', sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), server_default=usual,
                                            nullable=False))
    op.add_column('approval', sa.Column('recipients', postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column('approval', sa.Column('delegate', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column('approval', sa.Column('last_editor', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    for name in ('noticed_at', 'reminded_at', 'delegated_at', 'watch_at'):
        op.add_column('approval', sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE approval SET watch_at = clock_timestamp() WHERE superseded_at IS NULL "
               "AND NOT EXISTS (SELECT 1 FROM decision WHERE approval_id = approval.id)")
    op.create_index('approval_to_watch', 'approval', ['watch_at'], unique=False,
                    postgresql_where=sa.text('watch_at IS NOT NULL'))
    op.create_index('one_current_approval', 'approval', ['subject', 'subject_id', 'review'], unique=True,
                    postgresql_where=sa.text('superseded_at IS NULL'))
    for name in ('audience_hash', 'principal'):
        op.add_column('decision', sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.create_table('approval_link',
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('approval_id', sa.Uuid(), nullable=False),
    sa.Column('approver', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('audience_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approval_id'], ['approval.id'], ),
    sa.PrimaryKeyConstraint('token_hash')
    )
    op.create_index(op.f('ix_approval_link_approval_id'), 'approval_link', ['approval_id'], unique=False)
    op.add_column('staff', sa.Column('clients', postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.add_column('staff', sa.Column('principal', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_unique_constraint('staff_principal_key', 'staff', ['principal'])
    op.create_table('staff_session',
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('staff', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('api_key_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff'], ['staff.handle'], ),
    sa.PrimaryKeyConstraint('token_hash')
    )
    op.create_index(op.f('ix_staff_session_staff'), 'staff_session', ['staff'], unique=False)


def downgrade() -> None:
    op.drop_table('staff_session')
    op.drop_constraint('staff_principal_key', 'staff')
    op.drop_column('staff', 'principal')
    op.drop_column('staff', 'clients')
    op.drop_table('approval_link')
    op.drop_column('decision', 'principal')
    op.drop_column('decision', 'audience_hash')
    op.drop_index('one_current_approval', table_name='approval')
    op.drop_index('approval_to_watch', table_name='approval')
    for name in ('watch_at', 'delegated_at', 'reminded_at', 'noticed_at', 'last_editor', 'delegate', 'recipients', 'audience_hash', 'risk',
                 'review'):
        op.drop_column('approval', name)
    op.drop_index(op.f('ix_approval_run_id'), table_name='approval')
    op.drop_constraint('approval_run_id_fkey', 'approval')
    op.drop_column('approval', 'run_id')
