"""Let staff sign in with a password or at an identity provider"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff', sa.Column('password_hash', sa.String(), nullable=True))
    op.add_column('staff', sa.Column('subject', sa.String(), nullable=True))
    op.create_unique_constraint('staff_subject_key', 'staff', ['subject'])
    # Sessions that an API key has opened end here: browsers do not sign in with keys any more.
    op.execute("UPDATE staff_session SET ended_at = clock_timestamp() WHERE ended_at IS NULL")
    op.alter_column('staff_session', 'api_key_hash', new_column_name='opened_with')


def downgrade() -> None:
    op.execute("UPDATE staff_session SET ended_at = clock_timestamp() WHERE ended_at IS NULL")
    op.alter_column('staff_session', 'opened_with', new_column_name='api_key_hash')
    op.drop_constraint('staff_subject_key', 'staff', type_='unique')
    op.drop_column('staff', 'subject')
    op.drop_column('staff', 'password_hash')
