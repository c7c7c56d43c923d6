import type { NewEvent, Position, Recorded, Sealer } from '@liandong/application';
import { type CommitSeal, type Source, utf8 } from '@liandong/kernel';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { byteaArray, int4Array, textArray } from './arrays.ts';
import { disclosureContent } from './disclosures.ts';
import type { Call } from './group-commit.ts';
import { textRows } from './rows.ts';

const appendBatch = {
  name: 'store-append',
  text: `SELECT store.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
};

/**
 * Writes all calls of a batch in one transaction, in one round trip, and returns the position
 * of its first event; or writes nothing and returns `undefined` if any of them does not fit.
 */
export const writeBatch = async (
  pool: pg.Pool,
  seal: Sealer,
  sources: ReadonlyMap<Source, number>,
  batch: readonly Call[],
  tell: boolean,
): Promise<bigint | undefined> => {
  const events = batch.flatMap((call) => call.events);
  const [event] = events;
  const [call] = batch;
  if (call && event && events.length === 1 && !event.seal && !event.disclosures?.length)
    return writeOne(pool, seal([event.hash]), sources, call, event, tell);
  const seals = sealsOf(events, seal);
  const disclosures = events.flatMap((event) => event.disclosures ?? []);
  const [row] = await textRows<[string | null]>(pool, appendBatch, [
    textArray(batch.map(({ stream }) => stream)),
    int4Array(batch.map(({ seen }) => seen)),
    textArray(batch.flatMap((call) => call.events.map(() => call.stream))),
    int4Array(events.map(({ envelope }) => sources.get(envelope.source) ?? 0)),
    textArray(events.map(({ envelope }) => envelope.id)),
    textArray(events.map(({ envelope }) => envelope.type)),
    byteaArray(events.map(({ hash }) => Buffer.from(hash, 'hex'))),
    byteaArray(events.map(({ bytes }) => bytes)),
    int4Array(seals.ofEvent),
    int4Array(seals.used.map(({ first }) => first)),
    byteaArray(seals.used.map(({ digest }) => digest)),
    textArray(seals.used.map(({ seal }) => seal.service)),
    textArray(seals.used.map(({ seal }) => seal.keyId)),
    byteaArray(seals.used.map(({ seal }) => leafBytes(seal))),
    byteaArray(seals.used.map(({ seal }) => seal.signature)),
    textArray(disclosures.map(({ digest }) => digest)),
    textArray(disclosures.map(disclosureContent)),
    tell,
  ]);
  return positionIn(row);
};

const appendOne = {
  name: 'store-append-one',
  text: 'SELECT store.append_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
};

const writeOne = async (
  pool: pg.Pool,
  { service, keyId, signature }: CommitSeal,
  sources: ReadonlyMap<Source, number>,
  { stream, seen }: Call,
  { envelope: { source, id, type }, hash, bytes }: NewEvent,
  tell: boolean,
): Promise<bigint | undefined> => {
  const [row] = await textRows<[string | null]>(pool, appendOne, [
    ...[stream, seen, sources.get(source) ?? 0, id, type, Buffer.from(hash, 'hex'), buffer(bytes)],
    ...[service, keyId, buffer(signature), tell],
  ]);
  return positionIn(row);
};

const buffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const positionIn = (row: readonly [string | null] | undefined): bigint | undefined =>
  row?.[0] == null ? undefined : BigInt(row[0]);

type UsedSeal = {
  readonly seal: CommitSeal;
  /** The ordinal of the first event of the batch under it, from 1. */
  readonly first: number;
  /** What a foreign seal is known by. An own seal is new. */
  readonly digest: Uint8Array | null;
};

/** The seals of a batch, each once: one new seal over all own events, and those the foreign events bring. */
const sealsOf = (
  events: readonly NewEvent[],
  seal: Sealer,
): { readonly used: readonly UsedSeal[]; readonly ofEvent: readonly number[] } => {
  const own = events.filter((event) => event.seal === undefined).map(({ hash }) => hash);
  const used: UsedSeal[] = [];
  const known = new Map<string, number>();
  const ofEvent = events.map((event, n) => {
    const digest = event.seal === undefined ? null : sealDigest(event.seal);
    const name = digest === null ? 'own' : digest.toString('hex');
    const index = known.get(name) ?? used.length + 1;
    if (!known.has(name)) {
      known.set(name, index);
      used.push({ seal: event.seal ?? seal(own), first: n + 1, digest });
    }
    return index;
  });
  return { used, ofEvent };
};

const leafBytes = ({ leaves }: CommitSeal): Buffer => Buffer.from(leaves.join(''), 'hex');

/** One seal comes with every event under it, in one batch after another. */
const digests = new WeakMap<CommitSeal, Buffer>();

const sealDigest = (seal: CommitSeal): Buffer => {
  const known = digests.get(seal);
  if (known !== undefined) return known;
  const { service, keyId, leaves, signature } = seal;
  const digest = createHash('sha256')
    .update(utf8(`${service} ${keyId} ${leaves.length} `))
    .update(leafBytes(seal))
    .update(signature)
    .digest();
  digests.set(seal, digest);
  return digest;
};

/** The records of a batch that was just written: nobody needs to read them back. */
export const recordsOf = (batch: readonly Call[], first: bigint): readonly (readonly Recorded[])[] => {
  let position = first;
  return batch.map(({ stream, seen, events }) =>
    events.map(({ envelope, hash, bytes }, n) => ({
      position: position++ as Position,
      stream,
      revision: seen + n + 1,
      source: envelope.source,
      id: envelope.id,
      type: envelope.type,
      hash,
      bytes,
    })),
  );
};
