"""Posts for clients, their projection behind row-level security, links to it, and who has seen what"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

# Roles belong to the whole server: another database may have made it, even at this moment.
ROLE = """
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'comms_portal') THEN
        RETURN;
    END IF;
    IF NOT (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'the role comms_portal is missing'
            USING HINT = 'as an administrator: CREATE ROLE comms_portal LOGIN PASSWORD ''...''; '
                         'GRANT CONNECT ON DATABASE ... TO comms_portal; then set COMMS_PORTAL__DATABASE_URL';
    END IF;
    CREATE ROLE comms_portal NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$
"""
# Without `app.client` current_setting() is an error, and so is the empty string that a past SET LOCAL leaves behind.
POLICY = """
CREATE POLICY of_its_client ON portal_post
    USING (client_id = CAST(current_setting('app.client') AS uuid))
    WITH CHECK (client_id = CAST(current_setting('app.client') AS uuid))
"""


def upgrade() -> None:
    op.create_table('post',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('thread', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('published_version', sa.Integer(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('run_id', 'thread', 'number')
    )
    op.create_index(op.f('ix_post_client_id'), 'post', ['client_id'], unique=False)
    op.create_table('post_version',
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('as_of', sa.DateTime(timezone=True), nullable=True),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('internal', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('author', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], ),
    sa.PrimaryKeyConstraint('post_id', 'version')
    )
    op.create_table('portal_post',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('thread', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('as_of', sa.DateTime(timezone=True), nullable=True),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('corrected_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('report', 'incident', 'incident_summary', 'notice')", name='portal_post_kind'),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['id'], ['post.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('portal_post_newest', 'portal_post', ['client_id', 'at'], unique=False)
    op.create_table('portal_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=True),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('issued_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], ),
    sa.ForeignKeyConstraint(['contact_id'], ['client_contact.id'], ),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_index(op.f('ix_portal_link_contact_id'), 'portal_link', ['contact_id'], unique=False)
    op.create_index('one_link_in_use', 'portal_link', ['contact_id', 'post_id'], unique=True, postgresql_nulls_not_distinct=True, postgresql_where=sa.text('superseded_at IS NULL AND revoked_at IS NULL'))
    op.create_table('post_view',
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('level', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('discounted', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['client_contact.id'], ),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], ),
    sa.PrimaryKeyConstraint('post_id', 'version', 'contact_id', 'level', 'discounted')
    )
    op.execute(ROLE)
    op.execute("ALTER TABLE portal_post ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE portal_post FORCE ROW LEVEL SECURITY")
    op.execute(POLICY)
    op.execute("DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO comms_portal', current_schema()); END $$")
    op.execute("GRANT SELECT ON portal_post TO comms_portal")


def downgrade() -> None:
    op.drop_table('post_view')
    op.drop_table('portal_link')
    op.drop_table('portal_post')
    op.drop_table('post_version')
    op.drop_table('post')
    # The role stays: it belongs to the server, and other databases may use it.
    op.execute("DO $$ BEGIN EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM comms_portal', current_schema()); END $$")
