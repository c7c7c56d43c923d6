import {
  type BelievedHead,
  type Feed,
  type LinkEntry,
  listOnce,
  type Reception,
  type RelayPage,
} from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import type pg from 'pg';
import { distinctSeals, hashBytes, pathBytes } from './rows.ts';

/**
 * What the exchange writes with every block, each as one statement: it is a transaction by
 * itself, costs one round trip, and writes nothing at all where `moved` is empty.
 */
export type Moving = pg.QueryConfig & { readonly values: unknown[] };

/** Moves a feed's head from exactly where the caller saw it. */
const movedFrom = (after: number): string =>
  after === 0
    ? `INSERT INTO exchange.feed (author, destination, head, digest) VALUES ($1, $2, $3, $4)
       ON CONFLICT (author, destination) DO UPDATE SET head = excluded.head, digest = excluded.digest
       WHERE exchange.feed.head = $5 RETURNING 1`
    : `UPDATE exchange.feed SET head = $3, digest = $4
       WHERE author = $1 AND destination = $2 AND head = $5 RETURNING 1`;

/** Of each ledger the larger head stays. */
const believedFrom = (heads: string): string =>
  `INSERT INTO exchange.believed AS b (origin, size, root, note) SELECT h.* FROM ${heads} AS h
  ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note
  WHERE b.size < excluded.size`;

const believing = believedFrom('moved, unnest($6::text[], $7::bigint[], $8::bytea[], $9::bytea[])');

const headValues = (heads: readonly BelievedHead[]): unknown[] => [
  heads.map(({ origin }) => origin),
  heads.map(({ size }) => size),
  heads.map(({ root }) => Buffer.from(root)),
  heads.map(({ note }) => Buffer.from(note)),
];

export const believingAlone = (head: BelievedHead): Moving => ({
  name: 'links-believe',
  text: believedFrom('unnest($1::text[], $2::bigint[], $3::bytea[], $4::bytea[])'),
  values: headValues([head]),
});

const named = (name: string, after: number) => (after === 0 ? `${name}-first` : name);

type Step = {
  readonly feed: Feed;
  readonly after: number;
  readonly through: number;
  readonly digest: string;
};

const stepValues = (
  { feed, after, through, digest }: Step,
  believed: readonly BelievedHead[] = [],
): unknown[] => [...[feed.author, feed.destination, through, digest, after], ...headValues(believed)];

export const receiving = ({
  received,
  believed,
  marks = [],
  ...step
}: Omit<Reception, 'held' | 'incidents'>): Moving => ({
  name: named('links-receive', step.after),
  text: `WITH moved AS (${movedFrom(step.after)}), believed AS (${believing}),
    received AS (
      INSERT INTO exchange.received (author, number, hash, seq, epoch)
      SELECT $1, r.* FROM moved, unnest($10::bigint[], $11::bytea[], $12::bigint[], $13::integer[]) AS r),
    marked AS (
      INSERT INTO exchange.mark (origin, seq, at)
      SELECT m.* FROM moved, unnest($14::text[], $15::bigint[], $16::text[]) AS m ON CONFLICT DO NOTHING)
    SELECT count(*)::int AS moved FROM moved`,
  values: [
    ...stepValues(step, believed),
    received.map(({ number }) => number),
    received.map(({ hash }) => hashBytes(hash)),
    received.map(({ seq }) => seq),
    received.map(({ epoch }) => epoch ?? null),
    marks.map(({ origin }) => origin),
    marks.map(({ seq }) => seq),
    marks.map(({ at }) => at),
  ],
});

/** Seals and heads that several entries share are kept once. */
export const forwarding = (
  step: Step,
  entries: readonly LinkEntry[],
  believed?: readonly BelievedHead[],
): Moving => {
  const seals = distinctSeals(entries.map(({ seal }) => seal));
  const heads = listOnce<Uint8Array>((head) => head);
  const headOf = entries.map(({ proof }) => (proof === undefined ? null : heads.place(proof.head) + 1));
  return {
    name: named('links-forward', step.after),
    text: `WITH moved AS (${movedFrom(step.after)}), believed AS (${believing}),
      sealed AS (
        INSERT INTO exchange.seal (signature, service, key_id, leaves)
        SELECT s.* FROM moved, unnest($10::bytea[], $11::text[], $12::text[], $13::bytea[]) AS s
        ON CONFLICT DO NOTHING),
      heads AS (
        SELECT h.n, sha256(h.note) AS digest, h.note
        FROM unnest($14::bytea[]) WITH ORDINALITY AS h(note, n)),
      headed AS (
        INSERT INTO exchange.head (digest, note) SELECT h.digest, h.note FROM moved, heads h
        ON CONFLICT DO NOTHING),
      entered AS (
        INSERT INTO exchange.forward (author, destination, number, seq, hash, seal, bytes, head, path)
        SELECT $1, $2, e.number, e.seq, e.hash, e.seal, e.bytes, h.digest, e.path
        FROM moved CROSS JOIN unnest($15::bigint[], $16::bigint[], $17::bytea[], $18::bytea[], $19::bytea[],
          $20::integer[], $21::bytea[]) AS e(number, seq, hash, seal, bytes, head, path)
        LEFT JOIN heads h ON h.n = e.head)
      SELECT count(*)::int AS moved FROM moved`,
    values: [
      ...stepValues(step, believed),
      seals.map(({ signature }) => Buffer.from(signature)),
      seals.map(({ service }) => service),
      seals.map(({ keyId }) => keyId),
      seals.map(({ leaves }) => Buffer.concat(leaves.map(hashBytes))),
      heads.items.map((note) => Buffer.from(note)),
      entries.map(({ number }) => number),
      entries.map(({ seq }) => seq),
      entries.map(({ hash }) => hashBytes(hash)),
      entries.map(({ seal }) => Buffer.from(seal.signature)),
      entries.map(({ bytes }) => Buffer.from(bytes)),
      headOf,
      entries.map(({ proof }) => pathBytes(proof)),
    ],
  };
};

/** The relay's row is the lock: own feeds grow only with it, so what is seen of them under it is so. */
export const relaying = (
  self: TierCode,
  { after, through, known, audience, numbered }: RelayPage,
  grown: readonly Step[],
): Moving => ({
  name: 'links-relay',
  text: `WITH place AS (
      SELECT 1 FROM exchange.relay WHERE position = $3 AND seq = $4 FOR UPDATE),
    grown AS (
      SELECT g.* FROM unnest($6::text[], $7::bigint[], $8::bigint[], $9::text[])
        AS g(destination, after, through, digest)),
    elsewhere AS (
      SELECT 1 FROM grown g LEFT JOIN exchange.feed f ON f.author = $5 AND f.destination = g.destination
      WHERE coalesce(f.head, 0) <> g.after),
    moved AS (
      UPDATE exchange.relay SET position = $1, seq = $2
      WHERE EXISTS (SELECT FROM place) AND NOT EXISTS (SELECT FROM elsewhere) RETURNING 1),
    fed AS (
      INSERT INTO exchange.feed (author, destination, head, digest)
      SELECT $5, g.destination, g.through, g.digest FROM moved, grown g
      ON CONFLICT (author, destination) DO UPDATE SET head = excluded.head, digest = excluded.digest),
    known AS (
      INSERT INTO exchange.known (hash, stream, position, seq)
      SELECT k.* FROM moved, unnest($10::bytea[], $11::text[], $12::bigint[], $13::bigint[]) AS k
      ON CONFLICT (hash) DO UPDATE SET seq = excluded.seq
      WHERE exchange.known.seq IS NULL AND excluded.seq IS NOT NULL),
    heard AS (
      INSERT INTO exchange.audience (stream, tier)
      SELECT a.* FROM moved, unnest($14::text[], $15::text[]) AS a ON CONFLICT DO NOTHING),
    numbered AS (
      INSERT INTO exchange.numbered (destination, number, position, seq, digest)
      SELECT n.* FROM moved, unnest($16::text[], $17::bigint[], $18::bigint[], $19::bigint[], $20::text[]) AS n)
    SELECT count(*)::int AS moved FROM moved`,
  values: [
    ...[String(through.position), through.seq, String(after.position), after.seq, self],
    grown.map(({ feed }) => feed.destination),
    grown.map((step) => step.after),
    grown.map((step) => step.through),
    grown.map(({ digest }) => digest),
    known.map(({ hash }) => hashBytes(hash)),
    known.map(({ stream }) => stream),
    known.map(({ position }) => String(position)),
    known.map(({ seq }) => seq ?? null),
    audience.map(({ stream }) => stream),
    audience.map(({ tier }) => tier),
    numbered.map(({ destination }) => destination),
    numbered.map(({ number }) => number),
    numbered.map(({ position }) => String(position)),
    numbered.map(({ seq }) => seq),
    numbered.map(({ digest }) => digest),
  ],
});
