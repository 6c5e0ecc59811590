-- Roles and database, made by a superuser: psql --file=deploy/database.sql. Safe to run again.
-- OWNER_PASSWORD, SERVES_PASSWORD, WORKS_PASSWORD and DUMPS_PASSWORD are read from the environment, and only where a role is missing.
\set ON_ERROR_STOP on
\set owner_password ''
\set serves_password ''
\set works_password ''
\set dumps_password ''
\getenv owner_password OWNER_PASSWORD
\getenv serves_password SERVES_PASSWORD
\getenv works_password WORKS_PASSWORD
\getenv dumps_password DUMPS_PASSWORD

-- Owns the tables and migrates. It could switch the ledger's guards off, so it does not serve.
SELECT format('CREATE ROLE backfill LOGIN PASSWORD %L', :'owner_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backfill') \gexec

-- Serves pages and the APIs, one company at a time. What it may do is granted by `manage.py grant_serving_role`.
SELECT format('CREATE ROLE backfill_serves LOGIN PASSWORD %L', :'serves_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backfill_serves') \gexec

-- Works for every company: workers and commands. Granted by `manage.py grant_serving_role --every-company`.
SELECT format('CREATE ROLE backfill_works LOGIN PASSWORD %L', :'works_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backfill_works') \gexec

-- Reads everything for backups: pg_dump refuses tables of which row-level security could hide rows.
SELECT format('CREATE ROLE backfill_dumps LOGIN BYPASSRLS PASSWORD %L', :'dumps_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backfill_dumps') \gexec
GRANT pg_read_all_data TO backfill_dumps;

SELECT 'CREATE DATABASE backfill OWNER backfill TEMPLATE template0 ENCODING ''UTF8'' LC_COLLATE ''C'' LC_CTYPE ''C.UTF-8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'backfill') \gexec
