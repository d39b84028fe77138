"""Know finished jobs, ask their customers for reviews, and keep which reviews were seen"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text('clock_timestamp()')


def upgrade() -> None:
    op.create_table('review_location',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('key', TEXT, nullable=False),
    sa.Column('review_url', TEXT, nullable=False),
    sa.Column('google_name', TEXT, nullable=False),
    sa.Column('time_zone', TEXT, nullable=False),
    sa.Column('asks_per_day', sa.Integer(), nullable=False),
    sa.Column('ask_after', sa.Interval(), nullable=False),
    sa.Column('cool_down', sa.Interval(), nullable=False),
    sa.Column('thanks', sa.Boolean(), nullable=False),
    sa.Column('read_state', TEXT, nullable=False),
    sa.Column('read_through', MOMENT, nullable=True),
    sa.Column('read_at', MOMENT, nullable=True),
    sa.Column('read_problem', TEXT, nullable=False),
    sa.Column('read_again_at', MOMENT, nullable=True),
    sa.Column('created_by', TEXT, nullable=False),
    sa.Column('created_at', MOMENT, server_default=NOW, nullable=False),
    sa.CheckConstraint('asks_per_day >= 1', name='asks_somebody'),
    sa.CheckConstraint("review_url LIKE 'https://%'", name='review_url_is_encrypted'),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('client_id', 'key')
    )
    op.create_table('job',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.Column('job_id', TEXT, nullable=False),
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('state', TEXT, nullable=False),
    sa.Column('completed_at', MOMENT, nullable=True),
    sa.Column('is_staff_or_family', sa.Boolean(), nullable=False),
    sa.Column('is_minor', sa.Boolean(), nullable=False),
    sa.Column('source', TEXT, nullable=False),
    sa.Column('reported_by', TEXT, nullable=False),
    sa.Column('reported_at', MOMENT, server_default=NOW, nullable=False),
    sa.Column('changed_at', MOMENT, nullable=True),
    sa.Column('not_asked', TEXT, nullable=True),
    sa.Column('waits_since', MOMENT, nullable=True),
    sa.Column('ask_from', MOMENT, nullable=True),
    sa.Column('asked_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], ),
    sa.ForeignKeyConstraint(['location_id'], ['review_location.id'], ),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('client_id', 'job_id'),
    sa.UniqueConstraint('run_id')
    )
    op.create_index('job_by_customer', 'job', ['lead_id'], unique=False)
    op.create_index('job_by_day', 'job', ['location_id', 'asked_on'], unique=False, postgresql_where=sa.text('asked_on IS NOT NULL'))
    op.create_table('review_link',
    sa.Column('token', TEXT, nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('step', TEXT, nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['location_id'], ['review_location.id'], ),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], ),
    sa.PrimaryKeyConstraint('token'),
    sa.UniqueConstraint('run_id', 'step')
    )
    op.create_table('review_link_use',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', TEXT, nullable=False),
    sa.Column('at', MOMENT, server_default=NOW, nullable=False),
    sa.Column('not_counted', TEXT, nullable=True),
    sa.ForeignKeyConstraint(['token'], ['review_link.token'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_review_link_use_token'), 'review_link_use', ['token'], unique=False)
    op.create_table('review_observed',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.Column('provider', TEXT, nullable=False),
    sa.Column('review_id', TEXT, nullable=False),
    sa.Column('reviewer', TEXT, nullable=False),
    sa.Column('stars', sa.Integer(), nullable=True),
    sa.Column('created_at', MOMENT, nullable=True),
    sa.Column('updated_at', MOMENT, nullable=True),
    sa.Column('match_confidence', TEXT, nullable=True),
    sa.Column('run_id', sa.Uuid(), nullable=True),
    sa.Column('seen_at', MOMENT, server_default=NOW, nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['location_id'], ['review_location.id'], ),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('location_id', 'review_id')
    )
    op.create_index('review_in_order', 'review_observed', ['location_id', 'created_at'], unique=False)
    op.create_index('review_of_run', 'review_observed', ['run_id'], unique=False, postgresql_where=sa.text('run_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_table('review_observed')
    op.drop_table('review_link_use')
    op.drop_table('review_link')
    op.drop_table('job')
    op.drop_table('review_location')
