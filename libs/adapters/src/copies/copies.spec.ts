import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSalt, sha256 } from '@liandong/adapters/crypto';
import { openPool, postgresDisclosures, postgresEventStore } from '@liandong/adapters/postgres';
import { type Copy, type Coverage, coverageOf } from '@liandong/application';
import { erasedType } from '@liandong/domain/privacy';
import { type Disclosure, withhold } from '@liandong/kernel';
import { newStream, testEvent, testSealer, withPostgres } from '@liandong/testing';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type pg from 'pg';
import { folderCopy, tableCopies } from './index.ts';

const content = ({ salt, name, value }: Disclosure) => JSON.stringify([salt, name, value]);
const placesOf = ({ remnants }: Coverage) => remnants.map(({ kind, place }) => `${kind} ${place}`);
const [name, phone] = ['韩梅梅的姓名', '13812345678'];

describe('the tables of a tier', () => {
  const postgres = withPostgres();
  let approval: pg.Pool;
  let exchange: pg.Pool;
  let owner: pg.Pool;
  let superuser: pg.Pool;
  let erased: readonly Disclosure[];
  let searched: (pools?: readonly pg.Pool[]) => Promise<Coverage>;

  /** Beside rows that are nobody's business: what lies in a row of this table is found there. */
  const leave = (pool: pg.Pool, table: string, type: 'text' | 'jsonb' | 'bytea', left: unknown) =>
    pool.query(`CREATE TABLE ${table} (id integer PRIMARY KEY, row ${type})`).then(async () => {
      for (let id = 1; id <= 450; id++)
        await pool.query(`INSERT INTO ${table} VALUES ($1, $2)`, [id, id === 441 ? left : null]);
    });

  beforeAll(async () => {
    const tier = await postgres.tier('431021');
    [approval, exchange, owner] = [
      openPool(tier.urls.approval),
      openPool(tier.urls.exchange),
      openPool(tier.ownerUrl),
    ];
    superuser = openPool(postgres.server.url('postgres', tier.database));
    const store = postgresEventStore({ pool: approval, seal: testSealer().seal });
    const disclosures = postgresDisclosures(approval);
    const append = async (event: Parameters<typeof testEvent>[0]) => {
      const appended = await store.append(event.stream, 0, [testEvent(event)]);
      if (!appended.ok) throw new Error(appended.refusal.code);
      return appended.value;
    };
    const made = withhold(sha256, newSalt, {}, { name, phone });
    const other = withhold(sha256, newSalt, {}, { name: '李雷' });
    erased = made.disclosures;
    await append({ stream: newStream(), ...made });
    await append({ stream: newStream(), ...other });
    searched = async (pools = [approval, exchange]) =>
      coverageOf(
        { sha256, tombstones: await disclosures.tombstones(), texts: [name, phone] },
        await tableCopies(pools),
      );
    expect(placesOf(await searched())).toHaveLength(2);
    const digests = erased.map(({ digest }) => digest).sort();
    const [by] = await append({ stream: newStream(), type: erasedType, data: { digests } });
    if (by === undefined) throw new Error('an erasure is on record');
    await disclosures.erase(digests, by);
  });
  afterAll(async () => {
    for (const pool of [approval, exchange, owner, superuser]) await pool.end();
  });
  beforeEach(async () => {
    for (const table of ['approval.sheet', 'exchange.buffer', 'audit.sheet'])
      await superuser.query(`DROP TABLE IF EXISTS ${table}`);
  });

  it('hold nothing of what was erased, whoever reads every row of every table there is', async () => {
    for (const pools of [undefined, [superuser]]) {
      const report = await searched(pools);
      expect(report).toMatchObject({ ok: true, erased: 2, remnants: [], unreadable: [] });
      const rows = Object.fromEntries(report.copies.map((copy) => [copy.name, [copy.kind, copy.pieces]]));
      expect(rows).toMatchObject({
        'store.event': ['store', 3],
        'store.disclosure': ['store', 1],
        'store.tombstone': ['store', 2],
      });
    }
  });

  it.each([
    ['a view that was made of it', 'approval.sheet', 'jsonb', 'view'],
    ['a buffer of a link', 'exchange.buffer', 'bytea', 'link'],
  ] as const)('are told apart to the row: %s', async (_, table, type, kind) => {
    const [first] = erased;
    if (first === undefined) throw new Error('a field was erased');
    const left = type === 'bytea' ? Buffer.from(`…${content(first)}…`) : JSON.stringify({ a: first });
    await leave(kind === 'view' ? approval : exchange, table, type, left);
    const report = await searched();
    expect(report.ok).toBe(false);
    expect(report.remnants.filter(({ of }) => of === 'field')).toEqual([
      { kind, place: `${table} id=441`, of: 'field', digest: first.digest },
    ]);
  });

  it('are searched for the words of the person, if only those were copied', async () => {
    await leave(approval, 'approval.sheet', 'text', `经办：${name}`);
    const { remnants } = await searched();
    expect(remnants).toEqual([{ kind: 'view', place: 'approval.sheet id=441', of: 'text', text: 0 }]);
  });

  it('show a field that somebody put back behind the store', async () => {
    const [first] = erased;
    if (first === undefined) throw new Error('a field was erased');
    const triggers = ['erased_stays_out', 'erased_on_record', 'never_changed'];
    const every = (act: string) =>
      superuser.query(
        triggers.map((each) => `ALTER TABLE store.disclosure ${act} TRIGGER ${each};`).join(''),
      );
    await every('DISABLE');
    await superuser.query('INSERT INTO store.disclosure VALUES ($1, $2)', [first.digest, content(first)]);
    expect(new Set(placesOf(await searched()))).toEqual(
      new Set([`store store.disclosure digest=${first.digest}`]),
    );
    await superuser.query('DELETE FROM store.disclosure WHERE digest = $1', [first.digest]);
    await every('ENABLE ALWAYS');
    expect((await searched()).ok).toBe(true);
  });

  it('are not said to be clean where nobody may read', async () => {
    await leave(superuser, 'audit.sheet', 'text', null);
    expect(await searched()).toMatchObject({
      ok: false,
      unreadable: [{ kind: 'table', place: 'audit.sheet' }],
    });
  });

  it('leave nothing in the files of the database once they were rewritten; until then they may', async () => {
    const files = async () => {
      await superuser.query('CHECKPOINT');
      const { rows } = await superuser.query<{ file: string }>(
        "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('store.disclosure') AS file",
      );
      const copied = mkdtempSync(path.join(tmpdir(), 'files-'));
      cpSync(rows[0]?.file ?? '', path.join(copied, 'heap'));
      const report = await coverageOf(
        { sha256, tombstones: await postgresDisclosures(approval).tombstones() },
        [folderCopy('backup', copied)],
      );
      rmSync(copied, { recursive: true });
      return report.ok;
    };
    await superuser.query('VACUUM store.disclosure');
    const afterVacuum = await files();
    await owner.query('VACUUM FULL store.disclosure');
    expect({ afterVacuum, afterRewriting: await files() }).toEqual({
      afterVacuum: false,
      afterRewriting: true,
    });
  });
});

describe('the folders of exports and backups', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'copies-'));
  const [field] = withhold(sha256, newSalt, {}, { name }).disclosures;
  if (field === undefined) throw new Error('a field is withheld');
  const at = (...names: string[]) => path.join(folder, ...names);
  const searched = (...copies: readonly Copy[]) =>
    coverageOf({ sha256, tombstones: [{ digest: field.digest }], texts: [name] }, copies);
  const lines = (count: number) =>
    Array.from({ length: count }, (_, n) => `line ${n} ${newSalt()}\n`).join('');

  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(at('2026', 'tile'), { recursive: true });
    writeFileSync(at('2026', 'tile', 'entries'), lines(100));
    writeFileSync(at('empty'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are clean if no file holds anything', async () => {
    expect(await searched(folderCopy('export', folder))).toMatchObject({
      ok: true,
      copies: [{ kind: 'export', name: folder, pieces: 2 }],
    });
  });

  it.each([
    ['plain', (text: string) => text],
    ['packed with gzip', gzipSync],
    ['packed with zstd', zstdCompressSync],
  ])('name the file that holds a copy, %s, wherever in it', async (_, packed) => {
    for (const before of [0, 40_000, 70_000]) {
      // Where one stretch of a long file ends and the next begins, what lies across is not lost.
      const text = `${lines(before)}${'.'.repeat((1 << 20) - 30)}${content(field)}${lines(10)}`;
      writeFileSync(at('2026', 'dump.sql'), packed(text));
      const { ok, remnants } = await searched(folderCopy('backup', folder));
      expect({ before, ok, remnants }).toEqual({
        ...{ before, ok: false },
        remnants: ['field', 'text'].map((of) =>
          expect.objectContaining({ of, place: at('2026', 'dump.sql') }),
        ),
      });
    }
  });

  it.each([
    ['a dump in custom form', 'PGDMP\x01\x0e'],
    ['a zip archive', 'PK\x03\x04'],
    ['an encrypted file', 'age-encryption.org/v1'],
    ['a damaged archive', '\x1f\x8b\x08 and no more'],
  ])('are not said to be clean if they hold %s', async (_, bytes) => {
    writeFileSync(at('2026', 'dump'), Buffer.from(bytes, 'latin1'));
    const { ok, unreadable } = await searched(folderCopy('backup', folder));
    expect({ ok, places: unreadable.map(({ place }) => place) }).toEqual({
      ok: false,
      places: [at('2026', 'dump')],
    });
  });

  it('are not said to be clean if they are not there', async () => {
    const { ok, unreadable } = await searched(folderCopy('export', at('gone')));
    expect({ ok, place: unreadable[0]?.place }).toEqual({ ok: false, place: at('gone') });
  });

  it('are searched behind links too, each file once, and not round in circles', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
    writeFileSync(path.join(outside, 'file'), content(field));
    symlinkSync(outside, at('2026', 'linked'));
    symlinkSync(folder, at('2026', 'round'));
    const { remnants, copies } = await searched(folderCopy('export', folder));
    expect(remnants.map(({ place }) => place)).toEqual(Array(2).fill(at('2026', 'linked', 'file')));
    expect(copies[0]?.pieces).toBe(3);
    rmSync(outside, { recursive: true });
  });
});
