"""Say how each step is taken back, what corrects it, and what became of a lead"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

ONE_OF_EACH = "DELETE FROM undo a USING undo b WHERE a.run_id = b.run_id AND a.step = b.step AND a.id > b.id"
KINDS = """
    UPDATE undo SET
        kind = CASE WHEN step = 'handoff' THEN 'crm_handoff' WHEN step LIKE 'portal_post/%' THEN 'portal_post'
                    ELSE 'sent_message' END,
        about = CASE WHEN step = 'handoff' THEN (SELECT CAST(h.id AS text) FROM handoff h WHERE h.run_id = undo.run_id)
                     ELSE regexp_replace(step, '^(send:|portal_post/)', '') END
"""


def upgrade() -> None:
    op.execute(ONE_OF_EACH)
    op.add_column('undo', sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column('undo', sa.Column('about', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.execute(KINDS)
    op.alter_column('undo', 'kind', nullable=False)
    op.alter_column('undo', 'about', nullable=False)
    op.add_column('undo', sa.Column('correction_run_id', sa.Uuid(), nullable=True))
    op.add_column('undo', sa.Column('first_tried_at', sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key('undo_correction_run_id_fkey', 'undo', 'run', ['correction_run_id'], ['id'])
    op.create_unique_constraint('undo_run_id_step_key', 'undo', ['run_id', 'step'])
    op.create_index('undo_awaiting_correction', 'undo', ['correction_run_id'], unique=False,
                    postgresql_where=sa.text("state = 'not_undoable'"))


def downgrade() -> None:
    op.drop_index('undo_awaiting_correction', table_name='undo')
    op.drop_constraint('undo_run_id_step_key', 'undo', type_='unique')
    op.drop_constraint('undo_correction_run_id_fkey', 'undo', type_='foreignkey')
    op.drop_column('undo', 'first_tried_at')
    op.drop_column('undo', 'correction_run_id')
    op.drop_column('undo', 'about')
    op.drop_column('undo', 'kind')
