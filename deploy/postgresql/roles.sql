-- Two roles: `portal_owner` owns the tables and changes them (migrations); `portal` works with their rows and can do
-- nothing else. In the portal's database, as a superuser: psql --dbname portal --file deploy/postgresql/roles.sql
-- Again is harmless. Where `portal` has owned the tables so far, `portal_owner` takes them over.
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE ' || name || ' LOGIN'
    FROM unnest(ARRAY['portal_owner', 'portal']) AS name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

BEGIN;
REASSIGN OWNED BY portal TO portal_owner;
ALTER DATABASE :"DBNAME" OWNER TO portal_owner;
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC, portal;
GRANT CONNECT ON DATABASE :"DBNAME" TO portal;
REVOKE CREATE ON SCHEMA public FROM PUBLIC, portal;
GRANT USAGE, CREATE ON SCHEMA public TO portal_owner;
GRANT USAGE ON SCHEMA public TO portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO portal;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO portal;
COMMIT;
