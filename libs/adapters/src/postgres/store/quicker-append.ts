/**
 * `store.append` as it was, and quicker by a fifth for each event: the unique keys themselves say
 * whether an identity is taken, and the bytes of a batch are handed on once.
 */
export const quickerAppend = (channel: string): string => `
CREATE OR REPLACE FUNCTION store.append(
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
  revisions integer[];
  seal_nos bigint[];
BEGIN
  IF EXISTS (
    SELECT FROM unnest(streams, seens) AS a(stream, seen) WHERE a.seen <>
      coalesce((SELECT max(k.revision) FROM store.key k WHERE k.stream = a.stream), 0)
  ) THEN
    RETURN NULL;
  END IF;

  IF before / store.half_partition() <> after / store.half_partition() THEN
    PERFORM store.prepare_partitions(before, after);
  END IF;

  -- One event a stream, as most batches are: nothing to count.
  IF streams = event_streams THEN
    revisions := ARRAY(SELECT a.seen + 1 FROM unnest(seens) AS a(seen));
  ELSE
    revisions := ARRAY(
      SELECT a.seen + row_number() OVER (PARTITION BY e.stream ORDER BY e.n)
      FROM unnest(event_streams) WITH ORDINALITY AS e(stream, n)
      JOIN unnest(streams, seens) AS a(stream, seen) USING (stream)
      ORDER BY e.n);
  END IF;

  -- Nothing else is written yet, so a taken identity leaves nothing behind.
  BEGIN
    INSERT INTO store.key (position, revision, source, stream, id)
      SELECT before + e.n, e.revision, e.source, e.stream, e.id
      FROM unnest(revisions, sources, event_streams, ids) WITH ORDINALITY AS e(revision, source, stream, id, n);
  EXCEPTION WHEN unique_violation THEN
    RETURN NULL;
  END;

  INSERT INTO store.seal (no, digest, service, key_id, leaves, signature)
    SELECT before + s.first, s.digest, s.service, s.key_id, s.leaves, s.signature
    FROM unnest(seal_firsts, seal_digests, seal_services, seal_keys, seal_leaves, seal_signatures)
      AS s(first, digest, service, key_id, leaves, signature)
    ON CONFLICT (digest) WHERE digest IS NOT NULL DO NOTHING;
  seal_nos := ARRAY(
    SELECT coalesce((SELECT k.no FROM store.seal k WHERE k.digest = s.digest), before + s.first)
    FROM unnest(seal_firsts, seal_digests) WITH ORDINALITY AS s(first, digest, n) ORDER BY s.n);

  INSERT INTO store.event (position, seal, revision, source, stream, id, type, hash, bytes)
    SELECT before + e.n, seal_nos[e.seal], e.revision, e.source, e.stream, e.id, e.type, e.hash, e.bytes
    FROM unnest(event_seals, revisions, sources, event_streams, ids, types, hashes, bodies) WITH ORDINALITY
      AS e(seal, revision, source, stream, id, type, hash, bytes, n);

  IF cardinality(disclosure_digests) > 0 THEN
    INSERT INTO store.disclosure (digest, content)
      SELECT d.digest, d.content FROM unnest(disclosure_digests, disclosure_contents) AS d(digest, content)
      ON CONFLICT DO NOTHING;
  END IF;

  IF tell THEN
    PERFORM pg_notify('${channel}', '');
  END IF;
  RETURN before + 1;
END $$;
`;
