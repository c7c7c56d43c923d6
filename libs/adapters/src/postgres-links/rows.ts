import {
  type BelievedHead,
  type EntryProof,
  type HeldEntry,
  type Incident,
  type LinkEntry,
  listOnce,
} from '@liandong/application';
import {
  type CommitSeal,
  type EventHash,
  type ServiceName,
  serviceNames,
  type TierCode,
} from '@liandong/kernel';
import { joinHashes } from '@liandong/ledger';
import type pg from 'pg';

export type SealRow = {
  readonly signature: Buffer;
  readonly service: string;
  readonly key_id: string;
  readonly leaves: Buffer;
};

export type EntryRow = SealRow & {
  readonly number: string;
  readonly seq: string;
  readonly hash: Buffer;
  readonly bytes: Buffer;
};

export type BelievedRow = {
  readonly origin: string;
  readonly size: string;
  readonly root: Buffer;
  readonly note: Buffer;
};

export type HeldRow = EntryRow & {
  readonly author: string;
  readonly state: HeldEntry['state'];
  readonly reason: string;
  readonly stream: string | null;
  readonly type: string | null;
  readonly since: string;
  readonly attempts: number;
  readonly missing: readonly Buffer[];
};

export type IncidentRow = {
  readonly code: string;
  readonly peer: string;
  readonly author: string | null;
  readonly destination: string | null;
  readonly number: string | null;
  readonly hash: Buffer | null;
  readonly detail: string;
  readonly bytes: Buffer | null;
  readonly at: string;
};

export const hashBytes = (hash: EventHash): Buffer => Buffer.from(hash, 'hex');
export const hashOf = (bytes: Buffer): EventHash => bytes.toString('hex') as EventHash;
export const bytesOf = (buffer: Buffer): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);

const serviceOf = (service: string): ServiceName => {
  const known = serviceNames.find((name) => name === service);
  if (known === undefined) throw new Error(`a stored seal names the unknown service ${service}`);
  return known;
};

const leafDigits = 64;

export const sealOf = ({ signature, service, key_id, leaves }: SealRow): CommitSeal => {
  const digits = leaves.toString('hex');
  return {
    service: serviceOf(service),
    keyId: key_id,
    leaves: Array.from(
      { length: digits.length / leafDigits },
      (_, n) => digits.slice(n * leafDigits, (n + 1) * leafDigits) as EventHash,
    ),
    signature: bytesOf(signature),
  };
};

export const entryOf = (row: EntryRow): LinkEntry => ({
  number: Number(row.number),
  seq: Number(row.seq),
  hash: hashOf(row.hash),
  bytes: bytesOf(row.bytes),
  seal: sealOf(row),
});

export const believedOf = ({ origin, size, root, note }: BelievedRow): BelievedHead => ({
  origin,
  size: Number(size),
  root: bytesOf(root),
  note: bytesOf(note),
});

export const heldOf = (row: HeldRow): HeldEntry => ({
  ...entryOf(row),
  author: row.author as TierCode,
  state: row.state,
  reason: row.reason,
  stream: row.stream ?? undefined,
  type: row.type ?? undefined,
  since: row.since,
  attempts: row.attempts,
  missing: row.missing.map(hashOf),
});

export const incidentOf = (row: IncidentRow): Incident => ({
  code: row.code,
  peer: row.peer as TierCode,
  feed:
    row.author === null || row.destination === null
      ? undefined
      : { author: row.author as TierCode, destination: row.destination as TierCode },
  number: row.number === null ? undefined : Number(row.number),
  hash: row.hash === null ? undefined : hashOf(row.hash),
  detail: row.detail,
  bytes: row.bytes === null ? undefined : bytesOf(row.bytes),
  at: row.at,
});

/** What can run a statement: the pool, or the one connection of a transaction. */
export type Runs = Pick<pg.ClientBase, 'query'>;

export const distinctSeals = (seals: readonly CommitSeal[]): readonly CommitSeal[] => {
  const distinct = listOnce<CommitSeal>(({ signature }) => signature);
  for (const seal of new Set(seals)) distinct.place(seal);
  return distinct.items;
};

export const keepSeals = async (db: Runs, seals: readonly CommitSeal[]): Promise<void> => {
  const distinct = distinctSeals(seals);
  await db.query(
    `INSERT INTO exchange.seal (signature, service, key_id, leaves)
     SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[]) ON CONFLICT DO NOTHING`,
    [
      distinct.map(({ signature }) => Buffer.from(signature)),
      distinct.map(({ service }) => service),
      distinct.map(({ keyId }) => keyId),
      distinct.map(({ leaves }) => Buffer.concat(leaves.map(hashBytes))),
    ],
  );
};

/** Lets go of seals that nothing refers to any more. */
export const dropSeals = async (db: Runs, signatures: readonly Buffer[]): Promise<void> => {
  if (signatures.length === 0) return;
  await db.query(
    `DELETE FROM exchange.seal s WHERE s.signature = ANY ($1::bytea[])
       AND NOT EXISTS (SELECT FROM exchange.forward f WHERE f.seal = s.signature)
       AND NOT EXISTS (SELECT FROM exchange.held h WHERE h.seal = s.signature)`,
    [signatures],
  );
};

export const pathBytes = (proof: EntryProof | undefined): Buffer | null =>
  proof === undefined ? null : Buffer.from(joinHashes(proof.path));

/** Lets go of heads that no entry on its way refers to any more. */
export const dropHeads = async (db: Runs, digests: readonly (Buffer | null)[]): Promise<void> => {
  const some = digests.filter((digest) => digest !== null);
  if (some.length === 0) return;
  await db.query(
    `DELETE FROM exchange.head h WHERE h.digest = ANY ($1::bytea[])
       AND NOT EXISTS (SELECT FROM exchange.forward f WHERE f.head = h.digest)`,
    [some],
  );
};
