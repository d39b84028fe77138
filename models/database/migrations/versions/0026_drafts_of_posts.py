"""Tie drafts to the posts they have become, and decisions to a key"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('draft', sa.Column('post_id', sa.Uuid(), nullable=True))
    op.create_foreign_key('draft_post_id_fkey', 'draft', 'post', ['post_id'], ['id'])
    op.create_index('draft_of_post', 'draft', ['post_id'], unique=False, postgresql_where=sa.text('post_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('draft_of_post', table_name='draft')
    op.drop_constraint('draft_post_id_fkey', 'draft', type_='foreignkey')
    op.drop_column('draft', 'post_id')
