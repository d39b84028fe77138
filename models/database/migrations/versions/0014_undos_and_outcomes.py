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

CURRENT = """
    CREATE VIEW current_outcome AS
    SELECT newest.*, newest.outcome = 'booked' AND 1 = row_number() OVER (
        PARTITION BY newest.outcome, newest.client_id, newest.evidence_kind, newest.evidence_id,
            CASE newest.evidence_kind WHEN 'staff' THEN newest.lead_id END ORDER BY newest.id) AS counts
    FROM (SELECT DISTINCT ON (lead_id) * FROM outcome ORDER BY lead_id, at DESC, id DESC) newest
"""
"""What counts for each lead; of several bookings with the same evidence the first, so that no money is counted twice."""


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
    op.create_table('outcome',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('lost_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('evidence_kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('evidence_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=True),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('said_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source_event_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('inbox_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['inbox_id'], ['inbox.id'], ),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', 'source_event_id')
    )
    op.create_index(op.f('ix_outcome_client_id'), 'outcome', ['client_id'], unique=False)
    op.create_index('outcome_of_lead', 'outcome', ['lead_id', 'at'], unique=False)
    op.create_table('deal_property',
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('deal_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('source', 'deal_id', 'name')
    )
    op.create_index(op.f('ix_handoff_deal_id'), 'handoff', ['deal_id'], unique=False)
    op.execute(CURRENT)


def downgrade() -> None:
    op.execute('DROP VIEW current_outcome')
    op.drop_index(op.f('ix_handoff_deal_id'), table_name='handoff')
    op.drop_table('deal_property')
    op.drop_table('outcome')
    op.drop_index('undo_awaiting_correction', table_name='undo')
    op.drop_constraint('undo_run_id_step_key', 'undo', type_='unique')
    op.drop_constraint('undo_correction_run_id_fkey', 'undo', type_='foreignkey')
    op.drop_column('undo', 'first_tried_at')
    op.drop_column('undo', 'correction_run_id')
    op.drop_column('undo', 'about')
    op.drop_column('undo', 'kind')
