#!/bin/sh
# Make the database and the role that owns it, without a superuser's powers. It runs once, when the
# cluster is made. Takes OWNER, OWNER_PASSWORD_FILE and OWNED, the database's name.
set -eu
psql --quiet --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set owner="$OWNER" --set owned="$OWNED" <<'SQL'
\set password `cat "$OWNER_PASSWORD_FILE"`
CREATE ROLE :"owner" LOGIN PASSWORD :'password';
CREATE DATABASE :"owned" OWNER :"owner" TEMPLATE template0;
REVOKE ALL ON DATABASE :"owned" FROM PUBLIC;
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
SQL
