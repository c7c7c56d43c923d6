import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { measured } from './arithmetic.ts';
import { copyBinary } from '../support/binary.ts';

/** What this machine can do at most, measured in the same run as everything that is claimed. */
export type Physics = {
  readonly 'fdatasync/s': number;
  readonly 'COPY rows/s': number;
  readonly 'Ed25519 verify/s': number;
  readonly 'JSON.parse/s': number;
};

export const measurePhysics = async (folder: string, url: string, event: Uint8Array): Promise<Physics> => {
  const physics = {
    'fdatasync/s': fdatasyncs(folder),
    'COPY rows/s': await copiedRows(url, event),
    'Ed25519 verify/s': verified(event),
    'JSON.parse/s': parsed(event),
  };
  for (const [name, figure] of Object.entries(physics)) measured(figure, name);
  return physics;
};

const perSecond = (times: number, work: () => void): number => {
  work();
  const began = performance.now();
  for (let n = 0; n < times; n++) work();
  return (1000 * times) / (performance.now() - began);
};

/** As a log is written: 8 KiB appended, then made durable. */
const fdatasyncs = (folder: string): number => {
  const file = path.join(folder, 'fdatasync');
  const log = openSync(file, 'w');
  const page = randomBytes(8192);
  try {
    return perSecond(500, () => {
      writeSync(log, page);
      fdatasyncSync(log);
    });
  } finally {
    closeSync(log);
    rmSync(file);
  }
};

const copiedRows = async (url: string, event: Uint8Array): Promise<number> => {
  const rows = 50_000;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE TABLE physics (no bigint PRIMARY KEY, bytes bytea NOT NULL)');
    const began = performance.now();
    await pipeline(
      copyBinary(rows, (row) => [bigint(row), event]),
      client.query(copyFrom('COPY physics FROM STDIN (FORMAT binary)')),
    );
    const took = performance.now() - began;
    const { rows: counted } = await client.query<{ n: string }>('SELECT count(*) AS n FROM physics');
    if (Number(counted[0]?.n) !== rows) throw new Error(`COPY kept ${counted[0]?.n} of ${rows} rows`);
    await client.query('DROP TABLE physics');
    return (1000 * rows) / took;
  } finally {
    await client.end();
  }
};

const bigint = (value: number): Buffer => {
  const eight = Buffer.allocUnsafe(8);
  eight.writeBigInt64BE(BigInt(value));
  return eight;
};

const verified = (event: Uint8Array): number => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const signature = sign(null, event, privateKey);
  return perSecond(1_500, () => {
    if (!verify(null, event, publicKey, signature)) throw new Error('a signature does not verify');
  });
};

const parsed = (event: Uint8Array): number => {
  const text = Buffer.from(event).toString();
  return perSecond(20_000, () => {
    JSON.parse(text);
  });
};
