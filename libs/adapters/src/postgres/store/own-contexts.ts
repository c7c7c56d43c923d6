/** What a role that writes some contexts only is told when it writes another. Which role, and which contexts, the grants say. */
export const ownContexts = `
CREATE FUNCTION store.refuse_foreign_type() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'events of the type % are not for % to write', NEW.type, session_user
    USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION store.refuse_foreign_type FROM PUBLIC;
`;
