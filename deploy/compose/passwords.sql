-- The passwords of the two roles, from the environment of PostgreSQL's container.
\set ON_ERROR_STOP on
\getenv owner PORTAL_OWNER_PASSWORD
\getenv portal PORTAL_PASSWORD
ALTER ROLE portal_owner PASSWORD :'owner';
ALTER ROLE portal PASSWORD :'portal';
