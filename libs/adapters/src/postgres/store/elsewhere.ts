/**
 * What the database keeps of a tier whose events lie in another engine: the clear text, which
 * is deleted where it lies, and where each event stands there. The second is a follower's: made
 * anew from the events if it is lost. A tier whose events lie here has none of it.
 */
export const elsewhere = (erasureLock: number): string => `
-- The first 16 bytes of the SHA-256 of source and id, and where that event stands.
CREATE TABLE store.placed (
  identity bytea PRIMARY KEY,
  position bigint NOT NULL
);
-- Up to which the events have been gone through.
CREATE TABLE store.placed_to (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL
);

-- Nobody waits for this on disk: what a crash takes is read from the events again.
CREATE FUNCTION store.place(identities bytea[], positions bigint[], reached bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO store.placed (identity, position)
    SELECT p.identity, p.position FROM unnest(identities, positions) AS p(identity, position)
    ORDER BY p.identity ON CONFLICT DO NOTHING;
  INSERT INTO store.placed_to AS p (position) VALUES (reached)
    ON CONFLICT (one) DO UPDATE SET position = greatest(p.position, excluded.position);
END $$;

-- Clear text that waits for its event: stored before it, kept once it stands, dropped if it never does.
CREATE TABLE store.waiting (
  digest text NOT NULL,
  content text NOT NULL,
  source text NOT NULL,
  id text NOT NULL,
  hash bytea NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (digest, hash)
);
ALTER TABLE store.waiting ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TRIGGER erased_stays_out BEFORE INSERT ON store.waiting
  FOR EACH ROW EXECUTE FUNCTION store.keep_erased_out();
ALTER TABLE store.waiting ENABLE ALWAYS TRIGGER erased_stays_out;

CREATE FUNCTION store.let_wait(
  digests text[], contents text[], sources text[], ids text[], hashes bytea[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM store.expect_durable();
  INSERT INTO store.waiting (digest, content, source, id, hash)
    SELECT w.digest, w.content, w.source, w.id, w.hash
    FROM unnest(digests, contents, sources, ids, hashes) AS w(digest, content, source, id, hash)
    ORDER BY w.digest, w.hash ON CONFLICT DO NOTHING;
END $$;

-- The events of these hashes stand: what waited for them is held.
CREATE FUNCTION store.keep(hashes bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM store.expect_durable();
  INSERT INTO store.disclosure (digest, content)
    SELECT DISTINCT ON (w.digest) w.digest, w.content FROM store.waiting w WHERE w.hash = ANY (hashes)
    ORDER BY w.digest ON CONFLICT DO NOTHING;
  DELETE FROM store.waiting w WHERE w.hash = ANY (hashes);
END $$;

CREATE FUNCTION store.drop(hashes bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM store.waiting w WHERE w.hash = ANY (hashes);
$$;

-- As store.erase, for an erasure that lies elsewhere. That it is on record is the caller's word:
-- this database cannot look; that it names what is erased is seen from its bytes.
CREATE FUNCTION store.erase_elsewhere(
  digests text[], by_position bigint, by_bytes bytea, of_own boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  erased text[];
BEGIN
  PERFORM store.expect_durable();
  IF cardinality(digests) = 0 OR EXISTS (
    SELECT FROM unnest(digests) AS w(digest)
    WHERE strpos(convert_from(by_bytes, 'UTF8'), '"' || w.digest || '"') = 0
  ) THEN
    RAISE EXCEPTION 'the erasure at position % does not name these digests', by_position
      USING ERRCODE = 'restrict_violation';
  END IF;
  PERFORM pg_advisory_xact_lock(${erasureLock});
  SELECT coalesce(array_agg(DISTINCT w.digest), '{}') INTO erased
    FROM unnest(digests) AS w(digest) LEFT JOIN store.disclosure d USING (digest)
    WHERE of_own OR (coalesce(d.delivered, true)
      AND NOT EXISTS (SELECT FROM store.waiting o WHERE o.digest = w.digest));
  INSERT INTO store.tombstone (digest, position, salt)
    SELECT w.digest, by_position,
      sha256(convert_to(substring(coalesce(d.content, (
        SELECT o.content FROM store.waiting o WHERE o.digest = w.digest LIMIT 1
      )) from '^\\["([^"]*)"'), 'UTF8'))
    FROM unnest(erased) AS w(digest) LEFT JOIN store.disclosure d USING (digest)
    ON CONFLICT DO NOTHING;
  DELETE FROM store.disclosure d WHERE d.digest = ANY (erased);
  DELETE FROM store.waiting o WHERE o.digest = ANY (erased);
END $$;

REVOKE ALL ON FUNCTION store.place, store.let_wait, store.keep, store.drop, store.erase_elsewhere FROM PUBLIC;
`;
