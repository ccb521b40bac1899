#!/bin/sh
# Runs once, on an empty cluster: a role and a schema for each worker, and nothing that one could do in another's.
set -eu
secrets=${SECRETS:-/run/secrets}

psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<SQL
REVOKE ALL ON DATABASE "$POSTGRES_DB" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL

for worker in listener encryption evaluator oracle collaboration penalties dashboard; do
    # The password comes as a psql variable, which quotes it.
    psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
        -v worker="$worker" -v database="$POSTGRES_DB" -v password="$(cat "$secrets/$worker-postgres")" <<'SQL'
CREATE ROLE :"worker" LOGIN PASSWORD :'password' CONNECTION LIMIT 60;
GRANT CONNECT ON DATABASE :"database" TO :"worker";
CREATE SCHEMA :"worker" AUTHORIZATION :"worker";
ALTER ROLE :"worker" IN DATABASE :"database" SET search_path = :"worker";
SQL
done
