"""Keep what checks of wording find, by what businesses are recognised, and drafts with their revisions"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

_RECOGNISED_BY = ('client', 'client_contact', 'client_mark')


def upgrade() -> None:
    op.create_table('client_mark',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('entered_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('client_id', 'kind', 'value')
    )
    op.create_table('wording_surroundings',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('stamp', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('digest_key', sa.LargeBinary(), server_default=sa.text('sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea)'), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('wording_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('identity', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=True),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('audience', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('stage', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('rule_version', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('verdict', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('identity')
    )
    op.create_index('check_of_wording', 'wording_check', ['content_hash', 'client_id', 'rule_version'], unique=False)
    op.create_table('wording_finding',
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('severity', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('part', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('advice', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['check_id'], ['wording_check.id'], ),
    sa.PrimaryKeyConstraint('check_id', 'number')
    )
    op.create_table('draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('audience', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('material', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('reviewed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('run_id', 'key')
    )
    op.create_index('draft_by_state', 'draft', ['state', 'created_at'], unique=False)
    op.create_table('draft_revision',
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('author', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['draft.id'], ),
    sa.PrimaryKeyConstraint('draft_id', 'number')
    )
    op.create_index(op.f('ix_draft_revision_content_hash'), 'draft_revision', ['content_hash'], unique=False)
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_draft_revision() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'a revision of a draft is never changed or deleted; add another one'; END $$;
        CREATE TRIGGER draft_revision_stays BEFORE UPDATE OR DELETE ON draft_revision
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_draft_revision();
        """
    )
    op.execute(
        """
        CREATE FUNCTION wording_surroundings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO wording_surroundings (id) VALUES (1)
            ON CONFLICT (id) DO UPDATE SET stamp = gen_random_uuid();
            RETURN NULL;
        END $$
        """
    )
    for table in _RECOGNISED_BY:
        op.execute(
            f"CREATE TRIGGER {table}_came_or_went AFTER INSERT OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION wording_surroundings_changed()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION wording_surroundings_changed()"
        )


def downgrade() -> None:
    for table in _RECOGNISED_BY:
        op.execute(f"DROP TRIGGER {table}_changed ON {table}")
        op.execute(f"DROP TRIGGER {table}_came_or_went ON {table}")
    op.execute("DROP FUNCTION wording_surroundings_changed()")
    op.drop_table('draft_revision')
    op.execute("DROP FUNCTION refuse_change_of_draft_revision()")
    op.drop_table('draft')
    op.drop_table('wording_finding')
    op.drop_index('check_of_wording', table_name='wording_check')
    op.drop_table('wording_check')
    op.drop_table('wording_surroundings')
    op.drop_table('client_mark')
