"""Tie drafts to the posts they have become and decisions to a key, and keep the days of reminders"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('draft', sa.Column('post_id', sa.Uuid(), nullable=True))
    op.create_foreign_key('draft_post_id_fkey', 'draft', 'post', ['post_id'], ['id'])
    op.create_index('draft_of_post', 'draft', ['post_id'], unique=False, postgresql_where=sa.text('post_id IS NOT NULL'))
    op.add_column('job', sa.Column('remind_from', sa.DateTime(timezone=True), nullable=True))
    op.add_column('job', sa.Column('reminded_on', sa.Date(), nullable=True))
    op.create_index('job_by_day_of_reminder', 'job', ['location_id', 'reminded_on'], unique=False, postgresql_where=sa.text('reminded_on IS NOT NULL'))
    op.create_table('decision_mark',
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('mark', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], ),
    sa.PrimaryKeyConstraint('decision_id')
    )


def downgrade() -> None:
    op.drop_table('decision_mark')
    op.drop_index('job_by_day_of_reminder', table_name='job')
    op.drop_column('job', 'reminded_on')
    op.drop_column('job', 'remind_from')
    op.drop_index('draft_of_post', table_name='draft')
    op.drop_constraint('draft_post_id_fkey', 'draft', type_='foreignkey')
    op.drop_column('draft', 'post_id')
