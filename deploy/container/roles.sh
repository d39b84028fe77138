#!/bin/bash
# Run once by the PostgreSQL image, on an empty data directory: a role and its databases for the service, and for
# Temporal; and a login for the portal, which the migrations let read one table. None is a superuser, and neither service
# may connect to the other's databases.
set -euo pipefail

psql --set=ON_ERROR_STOP=1 --quiet --no-psqlrc \
    --username "$POSTGRES_USER" --dbname "${POSTGRES_DB:-$POSTGRES_USER}" <<'SQL'
\getenv service SERVICE_DATABASE_PASSWORD
\getenv portal PORTAL_DATABASE_PASSWORD
\getenv temporal TEMPORAL_DATABASE_PASSWORD
-- A statement that fails would be logged with its password.
SET log_min_error_statement = panic;
CREATE ROLE comms LOGIN PASSWORD :'service';
CREATE ROLE comms_portal LOGIN PASSWORD :'portal';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE comms OWNER comms;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE comms, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE comms TO comms_portal;
SQL
