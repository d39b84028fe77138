"""Rules of when and how often, one active enrollment per contact and purpose, and an end for every message"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

UNCHANGED = """
    CREATE FUNCTION refuse_change_of_sending_rule() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'a sending rule is never changed or deleted; add one that supersedes it'; END $$;
    CREATE TRIGGER sending_rule_stays BEFORE UPDATE OR DELETE ON sending_rule
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_sending_rule();
"""
OPEN_ENROLLMENTS = """
    INSERT INTO active_enrollment (client_id, purpose, address_hash, run_id)
    SELECT m.client_id, coalesce(nullif(s.definition ->> 'purpose', ''), s.key), m.address_hash, m.run_id
    FROM message m JOIN run r ON r.id = m.run_id JOIN sequence s ON s.id = r.sequence_id
    WHERE r.closed_at IS NULL AND m.audience = 'contact' ORDER BY r.requested_at
    ON CONFLICT DO NOTHING
"""
"""Of runs that are open twice already, the first one counts; the others go on beside it."""


def upgrade() -> None:
    op.create_table('sending_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('jurisdiction', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=True),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('reach', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('supersedes', sa.Integer(), nullable=True),
    sa.Column('overrides', sa.Integer(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('entered_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("(jurisdiction = 'client') = (client_id IS NOT NULL)", name='client_rule_has_its_client'),
    sa.CheckConstraint("overrides IS NULL OR client_id IS NOT NULL AND reason <> ''", name='override_has_its_reason'),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['overrides'], ['sending_rule.id'], ),
    sa.ForeignKeyConstraint(['supersedes'], ['sending_rule.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key'),
    sa.UniqueConstraint('supersedes')
    )
    op.execute(UNCHANGED)
    op.create_table('active_enrollment',
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('address_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], ),
    sa.PrimaryKeyConstraint('client_id', 'purpose', 'address_hash')
    )
    op.create_index(op.f('ix_active_enrollment_run_id'), 'active_enrollment', ['run_id'], unique=False)
    op.execute(OPEN_ENROLLMENTS)
    op.add_column('start_request', sa.Column('joined', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('message', sa.Column('places', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.execute("UPDATE message SET places = ARRAY['US-' || region] WHERE region IS NOT NULL")
    op.drop_column('message', 'region')
    op.add_column('message', sa.Column('window_decision', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute("UPDATE message SET lifetime = interval '3 days' WHERE lifetime IS NULL AND expires_at IS NULL")
    op.create_check_constraint('message_has_an_end', 'message', 'lifetime IS NOT NULL OR expires_at IS NOT NULL')


def downgrade() -> None:
    op.drop_constraint('message_has_an_end', 'message', type_='check')
    op.drop_column('message', 'window_decision')
    op.add_column('message', sa.Column('region', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.execute("UPDATE message SET region = substr(places[1], 4) WHERE cardinality(places) = 1 AND places[1] LIKE 'US-%'")
    op.drop_column('message', 'places')
    op.drop_column('start_request', 'joined')
    op.drop_table('active_enrollment')
    op.drop_table('sending_rule')
    op.execute("DROP FUNCTION refuse_change_of_sending_rule()")
