import { elsewhere } from './elsewhere.ts';
import { fewKinds } from './few-kinds.ts';
import { ownContexts } from './own-contexts.ts';
import { quickerAppend } from './quicker-append.ts';

/**
 * The store's schema as versioned steps. A step that was released is never edited: a
 * change is a new step. Services own nothing here; they call functions that run as the
 * owner, so no service can number an event, change one, or move another's checkpoint.
 */
export type Migration = { readonly version: number; readonly sql: string };

export const notifyChannel = 'liandong_store';

/** A partition of this size holds about 8 GB. */
const eventsPerPartition = 5_000_000;

/** Any number that nobody else locks on. Only the store's owner may lock by number. */
const writerLock = 4_310_000;

const tables = `
CREATE TABLE store.source (
  no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL UNIQUE
);

CREATE TABLE store.event (
  position bigint NOT NULL PRIMARY KEY,
  seal bigint,
  revision integer NOT NULL,
  source integer NOT NULL,
  stream text NOT NULL,
  id text NOT NULL,
  type text NOT NULL,
  hash bytea NOT NULL,
  bytes bytea NOT NULL
) PARTITION BY RANGE (position);

-- Twice as fast as the default on large events; some builds of PostgreSQL come without it.
DO $$ BEGIN
  ALTER TABLE store.event ALTER COLUMN bytes SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END $$;

-- A unique constraint of a partitioned table must contain the partition key, so what is
-- unique across all partitions stands in a table of its own, written in the same transaction.
CREATE TABLE store.key (
  position bigint NOT NULL,
  revision integer NOT NULL,
  source integer NOT NULL,
  stream text NOT NULL,
  id text NOT NULL,
  UNIQUE (source, id),
  UNIQUE (stream, revision)
);

-- \`no\` is the position of the first event under the seal. Seals of other tiers arrive many
-- times and are kept once, by digest; own seals are new each time and have none.
CREATE TABLE store.seal (
  no bigint PRIMARY KEY,
  digest bytea,
  service text NOT NULL,
  key_id text NOT NULL,
  leaves bytea NOT NULL,
  signature bytea NOT NULL
);
CREATE UNIQUE INDEX seal_digest ON store.seal (digest) WHERE digest IS NOT NULL;

-- Clear text of personal fields. Not append-only: it is what may be erased.
CREATE TABLE store.disclosure (
  digest text PRIMARY KEY,
  content text NOT NULL
);

CREATE TABLE store.checkpoint (
  follower text PRIMARY KEY,
  owner name NOT NULL,
  position bigint NOT NULL
);
`;

const appendOnly = `
CREATE FUNCTION store.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the event store is append-only: no % on %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

-- ALWAYS: also when a session plays replica, which skips ordinary triggers.
CREATE FUNCTION store.make_append_only(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION store.refuse_change()', relation);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', relation);
END $$;

SELECT store.make_append_only(relation)
  FROM unnest('{store.source,store.event,store.key,store.seal}'::regclass[]) AS relation;
`;

const partitions = `
CREATE FUNCTION store.events_per_partition() RETURNS bigint
LANGUAGE sql IMMUTABLE AS 'SELECT ${eventsPerPartition}::bigint';

-- Asked for whenever positions pass half a partition, so the next one is always there.
CREATE FUNCTION store.half_partition() RETURNS bigint
LANGUAGE sql IMMUTABLE AS 'SELECT store.events_per_partition() / 2';

-- Every partition from the one that holds \`first\` to the one after that which holds \`last\`. A
-- partition is made apart and attached, so that readers and writers are never shut out meanwhile.
CREATE FUNCTION store.prepare_partitions(first bigint, last bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  size bigint := store.events_per_partition();
  partition text;
BEGIN
  FOR n IN first / size .. last / size + 1 LOOP
    partition := format('store.event_%s', n);
    CONTINUE WHEN to_regclass(partition) IS NOT NULL;
    EXECUTE format('CREATE TABLE %s (LIKE store.event INCLUDING ALL)', partition);
    PERFORM store.make_append_only(partition::regclass);
    EXECUTE format('ALTER TABLE store.event ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)',
      partition, n * size, (n + 1) * size);
  END LOOP;
END $$;
`;

const writing = `
CREATE FUNCTION store.source_no(wanted text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO store.source (source) SELECT wanted
    WHERE NOT EXISTS (SELECT FROM store.source WHERE source = wanted)
    ON CONFLICT DO NOTHING;
  RETURN (SELECT no FROM store.source WHERE source = wanted);
END $$;

-- Waits for a writer's turn and returns the position of the last event. The turn is held to
-- commit by every writer of every process, so positions are given in commit order and without
-- a gap.
CREATE FUNCTION store.take_turn() RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
    OR current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'appending needs synchronous_commit on and read committed'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  PERFORM pg_advisory_xact_lock(${writerLock});
  RETURN coalesce((SELECT max(e.position) FROM store.event e), 0);
END $$;

-- Writes a batch of appends, at most one per stream, and returns the position of its first
-- event; or writes nothing and returns NULL if an append does not stand at its stream's
-- revision or an identity is taken. Arrays of appends: streams, seens. Arrays of events, in
-- batch order: event_streams … event_seals, the last an index into the seals. Arrays of seals:
-- firsts (ordinal of the first event under it) … digests (NULL for this tier's own).
-- \`tell\` wakes the followers of other processes.
CREATE FUNCTION store.append(
  streams text[], seens integer[],
  event_streams text[], sources integer[], ids text[], types text[], hashes bytea[], bodies bytea[],
  event_seals integer[],
  seal_firsts integer[], seal_digests bytea[], seal_services text[], seal_keys text[],
  seal_leaves bytea[], seal_signatures bytea[],
  disclosure_digests text[], disclosure_contents text[], tell boolean
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- Plans must neither be made anew at each call nor date from when the tables were empty.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  before bigint := store.take_turn();
  after bigint := before + cardinality(ids);
  seal_nos bigint[];
BEGIN
  IF EXISTS (
    SELECT FROM unnest(streams, seens) AS a(stream, seen) WHERE a.seen <>
      coalesce((SELECT max(k.revision) FROM store.key k WHERE k.stream = a.stream), 0)
  ) OR EXISTS (
    SELECT FROM unnest(sources, ids) AS e(source, id) WHERE
      (SELECT k.position FROM store.key k WHERE k.source = e.source AND k.id = e.id) IS NOT NULL
  ) THEN
    RETURN NULL;
  END IF;

  IF before / store.half_partition() <> after / store.half_partition() THEN
    PERFORM store.prepare_partitions(before, after);
  END IF;

  INSERT INTO store.seal (no, digest, service, key_id, leaves, signature)
    SELECT before + s.first, s.digest, s.service, s.key_id, s.leaves, s.signature
    FROM unnest(seal_firsts, seal_digests, seal_services, seal_keys, seal_leaves, seal_signatures)
      AS s(first, digest, service, key_id, leaves, signature)
    ON CONFLICT (digest) WHERE digest IS NOT NULL DO NOTHING;
  seal_nos := ARRAY(
    SELECT coalesce((SELECT k.no FROM store.seal k WHERE k.digest = s.digest), before + s.first)
    FROM unnest(seal_firsts, seal_digests) WITH ORDINALITY AS s(first, digest, n) ORDER BY s.n);

  WITH made AS MATERIALIZED (
    SELECT before + e.n AS position, e.stream, e.source, e.id, e.type, e.hash, e.bytes, e.seal,
      row_number() OVER (PARTITION BY e.stream ORDER BY e.n)::integer + a.seen AS revision
    FROM unnest(event_streams, sources, ids, types, hashes, bodies, event_seals)
      WITH ORDINALITY AS e(stream, source, id, type, hash, bytes, seal, n)
    JOIN unnest(streams, seens) AS a(stream, seen) USING (stream)
  ), keyed AS (
    INSERT INTO store.key (position, revision, source, stream, id)
    SELECT position, revision, source, stream, id FROM made
  )
  INSERT INTO store.event (position, seal, revision, source, stream, id, type, hash, bytes)
    SELECT position, seal_nos[seal], revision, source, stream, id, type, hash, bytes FROM made
    ORDER BY position;

  IF cardinality(disclosure_digests) > 0 THEN
    INSERT INTO store.disclosure (digest, content)
      SELECT d.digest, d.content FROM unnest(disclosure_digests, disclosure_contents) AS d(digest, content)
      ON CONFLICT DO NOTHING;
  END IF;

  IF tell THEN
    PERFORM pg_notify('${notifyChannel}', '');
  END IF;
  RETURN before + 1;
END $$;

-- The same for one own event without disclosures, which is what a quiet counter writes: half
-- the work of a batch of one.
CREATE FUNCTION store.append_one(
  on_stream text, seen integer, of_source integer, with_id text, of_type text, with_hash bytea, body bytea,
  by_service text, by_key text, with_signature bytea, tell boolean
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  before bigint := store.take_turn();
BEGIN
  INSERT INTO store.key (position, revision, source, stream, id)
    SELECT before + 1, seen + 1, of_source, on_stream, with_id
    WHERE seen = 0 OR EXISTS (SELECT FROM store.key k WHERE k.stream = on_stream AND k.revision = seen)
    ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF before / store.half_partition() <> (before + 1) / store.half_partition() THEN
    PERFORM store.prepare_partitions(before, before + 1);
  END IF;
  INSERT INTO store.seal (no, service, key_id, leaves, signature)
    VALUES (before + 1, by_service, by_key, with_hash, with_signature);
  INSERT INTO store.event (position, seal, revision, source, stream, id, type, hash, bytes)
    VALUES (before + 1, before + 1, seen + 1, of_source, on_stream, with_id, of_type, with_hash, body);
  IF tell THEN
    PERFORM pg_notify('${notifyChannel}', '');
  END IF;
  RETURN before + 1;
END $$;

-- A follower's position belongs to the role that saved it first and never goes back.
CREATE FUNCTION store.save_checkpoint(named text, reached bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO store.checkpoint AS c (follower, owner, position) VALUES (named, session_user, reached)
    ON CONFLICT (follower) DO UPDATE SET position = greatest(c.position, excluded.position)
    WHERE c.owner = session_user;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the checkpoint of % belongs to another service', named
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA store FROM PUBLIC;
SELECT store.prepare_partitions(0, 0);
`;

/** As `writerLock`: erasing and taking in wait for each other by it. */
const erasureLock = 4_310_002;

const erasing = `
-- Which fields were erased, by the event at \`position\`. Says nothing about what they held.
CREATE TABLE store.tombstone (
  digest text PRIMARY KEY,
  position bigint NOT NULL,
  -- SHA-256 of the salt, which was random: by it a copy is recognised. Absent if the field never came.
  salt bytea
);
SELECT store.make_append_only('store.tombstone');

-- Uncompressed, so that a scan of files recognises what should be gone.
ALTER TABLE store.disclosure ALTER COLUMN content SET STORAGE EXTERNAL;

-- Whether another tier delivered it. What came with an event is this tier's own.
ALTER TABLE store.disclosure ADD COLUMN delivered boolean NOT NULL DEFAULT false;

-- Whoever writes clear text, the owner's own functions included: what was erased stays out.
CREATE FUNCTION store.keep_erased_out() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(${erasureLock});
  IF EXISTS (SELECT FROM store.tombstone t WHERE t.digest = NEW.digest) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erased_stays_out BEFORE INSERT ON store.disclosure
  FOR EACH ROW EXECUTE FUNCTION store.keep_erased_out();

-- Clear text goes by an erasure on record or not at all, and is never another than it was.
CREATE FUNCTION store.refuse_untold_erasure() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM store.tombstone t WHERE t.digest = OLD.digest) THEN
    RAISE EXCEPTION 'no erasure on record names the disclosure %', OLD.digest
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER erased_on_record BEFORE DELETE ON store.disclosure
  FOR EACH ROW EXECUTE FUNCTION store.refuse_untold_erasure();
CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON store.disclosure
  FOR EACH STATEMENT EXECUTE FUNCTION store.refuse_change();

-- Also when a session plays replica, which skips ordinary triggers.
ALTER TABLE store.disclosure ENABLE ALWAYS TRIGGER erased_stays_out;
ALTER TABLE store.disclosure ENABLE ALWAYS TRIGGER erased_on_record;
ALTER TABLE store.disclosure ENABLE ALWAYS TRIGGER never_changed;

CREATE FUNCTION store.expect_durable() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
    OR current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'holding and erasing need synchronous_commit on and read committed'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END $$;

-- Takes in clear text from another tier and names what was erased before.
CREATE FUNCTION store.hold(digests text[], contents text[]) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM store.expect_durable();
  PERFORM pg_advisory_xact_lock_shared(${erasureLock});
  INSERT INTO store.disclosure (digest, content, delivered)
    SELECT d.digest, d.content, true FROM unnest(digests, contents) AS d(digest, content) ORDER BY d.digest
    ON CONFLICT DO NOTHING;
  RETURN ARRAY(SELECT t.digest FROM store.tombstone t WHERE t.digest = ANY (digests));
END $$;

-- Erases what the erasure at a position names; a service has no other way to delete anything.
-- Another tier's erasure does not touch what is this tier's own, whatever it names.
CREATE FUNCTION store.erase(digests text[], by_position bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  erased text[];
BEGIN
  PERFORM store.expect_durable();
  -- As text: what else a foreign event says may be JSON that no type of the database takes.
  IF cardinality(digests) = 0 OR NOT EXISTS (
    SELECT FROM store.event e WHERE e.position = by_position AND e.type = 'liandong.privacy.erased.v1'
      AND NOT EXISTS (
        SELECT FROM unnest(digests) AS w(digest)
        WHERE strpos(convert_from(e.bytes, 'UTF8'), '"' || w.digest || '"') = 0)
  ) THEN
    RAISE EXCEPTION 'no erasure on record at position % names these digests', by_position
      USING ERRCODE = 'restrict_violation';
  END IF;
  PERFORM pg_advisory_xact_lock(${erasureLock});
  SELECT coalesce(array_agg(DISTINCT w.digest), '{}') INTO erased
    FROM unnest(digests) AS w(digest) LEFT JOIN store.disclosure d USING (digest)
    WHERE coalesce(d.delivered, true) OR (
      -- This tier's own seals have no digest. An own event that came back from others after a
      -- restore is known by its author.
      SELECT EXISTS (SELECT FROM store.event o JOIN store.seal s ON s.no = o.seal
        WHERE o.source = e.source AND s.digest IS NULL)
      FROM store.event e WHERE e.position = by_position);
  INSERT INTO store.tombstone (digest, position, salt)
    SELECT w.digest, by_position,
      sha256(convert_to(substring(d.content from '^\\["([^"]*)"'), 'UTF8'))
    FROM unnest(erased) AS w(digest) LEFT JOIN store.disclosure d USING (digest)
    ON CONFLICT DO NOTHING;
  DELETE FROM store.disclosure d WHERE d.digest = ANY (erased);
END $$;

REVOKE ALL ON FUNCTION store.keep_erased_out, store.refuse_untold_erasure, store.expect_durable,
  store.hold, store.erase FROM PUBLIC;
`;

export const storeMigrations: readonly Migration[] = [
  { version: 1, sql: [tables, appendOnly, partitions, writing].join('\n') },
  { version: 2, sql: erasing },
  { version: 3, sql: quickerAppend(notifyChannel) },
  { version: 4, sql: elsewhere(erasureLock) },
  { version: 5, sql: ownContexts },
  { version: 6, sql: fewKinds },
];
