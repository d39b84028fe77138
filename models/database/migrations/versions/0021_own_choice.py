"""Remember when a person at a client has chosen themselves what they receive"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('client_contact', sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE client_contact c SET chosen_at = chosen.at FROM (
            SELECT facts ->> 'contact' AS contact, max(at) AS at FROM event
            WHERE kind = 'contact_changed' AND source = 'portal' GROUP BY 1) chosen
        WHERE chosen.contact = c.id::text
        """
    )


def downgrade() -> None:
    op.drop_column('client_contact', 'chosen_at')
