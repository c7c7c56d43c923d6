import type { MigrationStep } from '../pg/migrate.ts';
import { readableByCounter } from '../pg/counter-reads.ts';

/**
 * What the keeper keeps beside the store, in the schema `ledger` and under the role of the
 * exchange. A step that was released is never edited: a change is a new step.
 */
export const ledgerMigrations: readonly MigrationStep[] = [
  {
    version: 1,
    sql: `
CREATE TABLE ledger.lease ();

-- The token of the last lease given. Whoever holds an older one writes nothing more.
CREATE TABLE ledger.fence (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  token bigint NOT NULL
);
INSERT INTO ledger.fence (token) VALUES (0);

CREATE TABLE ledger.place (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  size bigint NOT NULL,
  position bigint NOT NULL
);
INSERT INTO ledger.place (size, position) VALUES (0, 0);

CREATE TABLE ledger.head (
  size bigint PRIMARY KEY,
  root bytea NOT NULL,
  note bytea NOT NULL
);

CREATE TABLE ledger.entry (
  seq bigint PRIMARY KEY,
  position bigint NOT NULL UNIQUE,
  hash bytea NOT NULL UNIQUE
);

CREATE TABLE ledger.unsealed (
  position bigint PRIMARY KEY,
  hash bytea NOT NULL,
  reason text NOT NULL,
  at text NOT NULL
);

-- One row holds every width of a tile: a narrower one is its beginning.
CREATE TABLE ledger.tile (
  level smallint NOT NULL,
  index bigint NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (level, index)
);

-- Of each size the first anchored head, which bounds times, and the last, which is fresh.
CREATE TABLE ledger.anchor (
  size bigint NOT NULL,
  fresh boolean NOT NULL,
  root bytea NOT NULL,
  note bytea NOT NULL,
  at text NOT NULL,
  PRIMARY KEY (size, fresh)
);

CREATE TABLE ledger.scrub (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  seq bigint NOT NULL,
  position bigint NOT NULL,
  roots bytea NOT NULL
);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: no % on %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ledger.only_growth() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (NEW.level, NEW.index) IS DISTINCT FROM (OLD.level, OLD.index)
    OR length(NEW.bytes) < length(OLD.bytes)
    OR substring(NEW.bytes FROM 1 FOR length(OLD.bytes)) <> OLD.bytes THEN
    RAISE EXCEPTION 'a tile only grows' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

-- ALWAYS: also when a session plays replica, which skips ordinary triggers.
DO $$ DECLARE relation regclass; BEGIN
  FOREACH relation IN ARRAY '{ledger.head,ledger.entry,ledger.unsealed}'::regclass[] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', relation);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', relation);
  END LOOP;
END $$;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger.tile
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.tile ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER only_growth BEFORE UPDATE ON ledger.tile
  FOR EACH ROW EXECUTE FUNCTION ledger.only_growth();
ALTER TABLE ledger.tile ENABLE ALWAYS TRIGGER only_growth;

-- All of a batch or nothing. FALSE if the fence is stale or the head is another: the share
-- lock makes the next holder of the lease wait until this is written or refused.
CREATE FUNCTION ledger.extend(
  with_fence bigint, from_size bigint, through bigint,
  with_root bytea, with_note bytea,
  positions bigint[], hashes bytea[],
  tile_levels integer[], tile_indexes bigint[], tile_bytes bytea[],
  flawed_positions bigint[], flawed_hashes bytea[], reasons text[], ats text[]
) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  to_size bigint := from_size + cardinality(positions);
BEGIN
  PERFORM FROM ledger.fence WHERE token = with_fence FOR SHARE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE ledger.place SET size = to_size, position = through
    WHERE size = from_size AND position <= through;
  IF NOT FOUND THEN
    RETURN false;
  END IF;

  INSERT INTO ledger.head (size, root, note) VALUES (to_size, with_root, with_note)
    ON CONFLICT (size) DO NOTHING;
  INSERT INTO ledger.entry (seq, position, hash)
    SELECT from_size + e.n - 1, e.position, e.hash
    FROM unnest(positions, hashes) WITH ORDINALITY AS e(position, hash, n);
  INSERT INTO ledger.tile AS t (level, index, bytes)
    SELECT n.level, n.index, n.bytes
    FROM unnest(tile_levels, tile_indexes, tile_bytes) AS n(level, index, bytes)
    ON CONFLICT (level, index) DO UPDATE SET bytes = excluded.bytes;
  INSERT INTO ledger.unsealed (position, hash, reason, at)
    SELECT * FROM unnest(flawed_positions, flawed_hashes, reasons, ats);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION ledger.extend FROM PUBLIC;
`,
  },
  {
    version: 2,
    sql: `
-- The counter shows how far own events have come, and lets no lead act before that.
${readableByCounter('ledger', ['ledger.entry', 'ledger.anchor'])}`,
  },
  {
    version: 3,
    sql: `
-- A ledger for each epoch of the tier, one beside the other. What was kept so far is of the epoch that its heads name.
DO $$ DECLARE
  kept integer := coalesce(
    (SELECT substring(convert_from(note, 'UTF8') FROM '^[^/\\n]+/[0-9]+/([0-9]+)\\n')::integer FROM ledger.head LIMIT 1), 1);
  relation text;
BEGIN
  FOREACH relation IN ARRAY '{place,head,entry,unsealed,tile,anchor,scrub}'::text[] LOOP
    EXECUTE format('ALTER TABLE ledger.%I ADD COLUMN epoch integer NOT NULL DEFAULT %s', relation, kept);
    EXECUTE format('ALTER TABLE ledger.%I ALTER COLUMN epoch DROP DEFAULT', relation);
  END LOOP;
END $$;

ALTER TABLE ledger.place DROP COLUMN one, ADD PRIMARY KEY (epoch);
DELETE FROM ledger.place WHERE size = 0 AND position = 0;
ALTER TABLE ledger.scrub DROP COLUMN one, ADD PRIMARY KEY (epoch);
ALTER TABLE ledger.head DROP CONSTRAINT head_pkey, ADD PRIMARY KEY (epoch, size);
ALTER TABLE ledger.entry DROP CONSTRAINT entry_pkey, ADD PRIMARY KEY (epoch, seq),
  DROP CONSTRAINT entry_position_key, ADD UNIQUE (epoch, position),
  DROP CONSTRAINT entry_hash_key, ADD UNIQUE (hash, epoch);
ALTER TABLE ledger.unsealed DROP CONSTRAINT unsealed_pkey, ADD PRIMARY KEY (epoch, position);
ALTER TABLE ledger.tile DROP CONSTRAINT tile_pkey, ADD PRIMARY KEY (epoch, level, index);
ALTER TABLE ledger.anchor DROP CONSTRAINT anchor_pkey, ADD PRIMARY KEY (epoch, size, fresh);

CREATE OR REPLACE FUNCTION ledger.only_growth() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (NEW.epoch, NEW.level, NEW.index) IS DISTINCT FROM (OLD.epoch, OLD.level, OLD.index)
    OR length(NEW.bytes) < length(OLD.bytes)
    OR substring(NEW.bytes FROM 1 FOR length(OLD.bytes)) <> OLD.bytes THEN
    RAISE EXCEPTION 'a tile only grows' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

DROP FUNCTION ledger.extend;
-- All of a batch or nothing. FALSE if the fence is stale or the head is another: the share
-- lock makes the next holder of the lease wait until this is written or refused.
CREATE FUNCTION ledger.extend(
  of_epoch integer, with_fence bigint, from_size bigint, through bigint,
  with_root bytea, with_note bytea,
  positions bigint[], hashes bytea[],
  tile_levels integer[], tile_indexes bigint[], tile_bytes bytea[],
  flawed_positions bigint[], flawed_hashes bytea[], reasons text[], ats text[]
) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  to_size bigint := from_size + cardinality(positions);
BEGIN
  PERFORM FROM ledger.fence WHERE token = with_fence FOR SHARE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO ledger.place (epoch, size, position) VALUES (of_epoch, 0, 0) ON CONFLICT DO NOTHING;
  UPDATE ledger.place SET size = to_size, position = through
    WHERE epoch = of_epoch AND size = from_size AND position <= through;
  IF NOT FOUND THEN
    RETURN false;
  END IF;

  INSERT INTO ledger.head (epoch, size, root, note) VALUES (of_epoch, to_size, with_root, with_note)
    ON CONFLICT (epoch, size) DO NOTHING;
  INSERT INTO ledger.entry (epoch, seq, position, hash)
    SELECT of_epoch, from_size + e.n - 1, e.position, e.hash
    FROM unnest(positions, hashes) WITH ORDINALITY AS e(position, hash, n);
  INSERT INTO ledger.tile AS t (epoch, level, index, bytes)
    SELECT of_epoch, n.level, n.index, n.bytes
    FROM unnest(tile_levels, tile_indexes, tile_bytes) AS n(level, index, bytes)
    ON CONFLICT (epoch, level, index) DO UPDATE SET bytes = excluded.bytes;
  INSERT INTO ledger.unsealed (epoch, position, hash, reason, at)
    SELECT of_epoch, f.* FROM unnest(flawed_positions, flawed_hashes, reasons, ats) AS f;
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION ledger.extend FROM PUBLIC;
`,
  },
];
