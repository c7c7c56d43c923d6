import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ed25519Signer, newPrivateKey, sha256 } from '@liandong/adapters/crypto';
import { openPool, postgresEventStore } from '@liandong/adapters/postgres';
import { ledgerLease, migrateLedger, postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import { migrateSupervision } from '@liandong/adapters/postgres-supervision';
import { migrateViews, postgresViewWriter, viewsDataSource } from '@liandong/adapters/postgres-views';
import { originOf, replayInto } from '@liandong/application';
import {
  authoringOf,
  foundDemonstrationTier,
  foundSupervisionOf,
  foundNetwork,
  openAccess,
  witnessesAt,
} from '@liandong/assembly';
import { rowsWith, type TierConfig } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { cosign, formatNote, formatVKey, makeVKey, parseNote } from '@liandong/ledger';
import { grownTo, startKeeper, withPostgres } from '@liandong/testing';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';
import { Complaint } from './complaint.ts';

const city = '431000' as TierCode;
const postgres = withPostgres();
const folder = mkdtempSync(path.join(tmpdir(), 'cli-audit-'));
chmodSync(folder, 0o711);
const at = (...names: string[]) => path.join(folder, ...names);
const out = at('export');
let config: TierConfig;
let configFile: string;
let size: number;

const keyOf = <Type extends 'ed25519' | 'cosignature'>(name: string, type: Type) => {
  const { publicKey, sign } = ed25519Signer(newPrivateKey());
  return { key: { ...makeVKey(sha256, name, type, publicKey), type }, sign };
};

const urlOf = (service: 'approval' | 'exchange') =>
  readFileSync(config.databaseUrlFiles[service]!, 'utf8').trim();

/** A founded tier with a ledger that two of three witnesses cosigned, and views made of its events. */
beforeAll(async () => {
  const plan = { network: 'test.example', tiers: [{ tier: city, name: '郴州市' }] };
  const answering = witnessesAt('http://127.0.0.1:1', folder, plan);
  [config] = (await foundNetwork(folder, postgres.server, { ...plan, witnesses: answering })) as [TierConfig];
  configFile = at('tiers', city, 'tier.json');
  const access = openAccess(config, 'approval', 2);
  await foundDemonstrationTier(access.store, authoringOf(config, access), true);
  await foundSupervisionOf(config, true);

  const source = viewsDataSource({ url: urlOf('approval'), maxConnections: 2 });
  await source.initialize();
  await migrateViews(source);
  await replayInto({ ...rowsWith(sha256)(access.store), store: access.store }, postgresViewWriter(source));
  await source.destroy();
  const self = access.author;
  await access.close();

  await migrateLedger(urlOf('exchange'));
  const pool = openPool(urlOf('exchange'), { max: 4 });
  const [store, book] = [postgresEventStore({ pool }), postgresLedgerBook(pool, self.epoch)];
  const log = keyOf(originOf(self), 'ed25519');
  const witnesses = ['archive', 'audit', 'city'].map((name) => keyOf(`${name}.test.example`, 'cosignature'));
  const acquireLease = ledgerLease(urlOf('exchange'));
  const keeper = await startKeeper({
    ...{ self, store, book, acquireLease, verifySeal: () => true, logKey: log.key, sign: log.sign },
  });
  size = (await store.readAll(0n as never, 100_000)).length;
  await grownTo(book, size);
  await keeper.stop();
  const head = (await book.head())!;
  const note = parseNote(head.note);
  if (!note.ok) throw new Error('no note');
  const time = Math.floor(Date.now() / 1000);
  const signatures = witnesses.slice(0, 2).map(({ key, sign }) => cosign(key, sign, note.value.text, time));
  await book.anchor({
    ...head,
    note: formatNote({ ...note.value, signatures: [...note.value.signatures, ...signatures] }),
    at: new Date(time * 1000).toISOString(),
  });
  await pool.end();
  writeFileSync(
    at('policy'),
    [
      `log ${formatVKey(log.key)}`,
      ...witnesses.map(({ key }, n) => `witness w${n} ${formatVKey(key)}`),
      'group outside 2 w0 w1 w2',
      'quorum outside',
      '',
    ].join('\n'),
  );
  await liandong('export', '--config', configFile, '--policy', at('policy'), '--out', out);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const liandong = (...words: string[]) => run(['audit', ...words], {});
const json = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { output, exitCode } = await liandong(...words, '--json');
  return { exitCode, ...(JSON.parse(output) as Record<string, unknown>) };
};
const complaint = (...words: string[]) =>
  liandong(...words).then(
    () => 'none',
    (error: unknown) => (error instanceof Complaint ? error.message : Promise.reject(error as Error)),
  );

describe('liandong audit export', () => {
  it('writes, with a role that can only read, a folder that verifies', async () => {
    const { exitCode, output } = await liandong('verify', out);
    expect({ exitCode, output }).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('✓ 核验通过') as unknown,
    });
    expect(await json('verify', out, '--policy', at('policy'))).toMatchObject({
      ...{ exitCode: 0, ok: true },
      exports: [{ origin: 'test.example/431000/1', size, checked: size, faults: [] }],
      between: { faults: [], unproven: 0 },
    });
    expect(readdirSync(out).sort()).toEqual([
      'README',
      'case-index',
      'checkpoint',
      'keys',
      'policy',
      'seals',
      'tile',
    ]);
  });

  it('writes into no folder that holds something, and says what it lacks', async () => {
    const configured = ['--config', configFile];
    const policy = ['--policy', at('policy')];
    expect(await complaint('export', ...configured, ...policy, '--out', out)).toContain(
      'not an empty folder',
    );
    expect(await complaint('export', ...configured, ...policy)).toContain('--out');
    const { policyFile: _, ...bare } = JSON.parse(readFileSync(configFile, 'utf8')) as Record<
      string,
      unknown
    >;
    const without = at('tiers', city, 'without-policy-file.json');
    writeFileSync(without, JSON.stringify(bare));
    expect(await complaint('export', '--config', without, '--out', at('new'))).toContain('--policy');
    expect(await complaint('export', ...policy, '--out', at('new'))).toContain('--config');
    expect(
      await complaint('export', ...configured, ...policy, '--out', at('new'), '--tier', '431021'),
    ).toContain('configures tier 431000');
    expect(await complaint('export', '--config', at('nowhere.json'), '--out', at('new'))).toContain(
      'nowhere',
    );
  });

  it('connects as nobody who could change anything', async () => {
    const pool = openPool(readFileSync(config.databaseUrlFiles.audit!, 'utf8').trim(), { max: 1 });
    for (const table of ['store.event', 'ledger.entry', 'approval.tiers'])
      await expect(pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/permission denied/);
    await pool.end();
  });
});

describe('liandong audit verify', () => {
  it('ends with 1 and names the place if a byte was changed', async () => {
    const changed = at('changed');
    cpSync(out, changed, { recursive: true });
    const bundle = path.join(changed, 'tile/entries/000');
    const bytes = readFileSync(bundle);
    bytes[100] = bytes[100]! ^ 1;
    writeFileSync(bundle, bytes);
    expect(await json('verify', changed)).toMatchObject({
      ...{ exitCode: 1, ok: false },
      exports: [{ faults: [{ code: 'entry-altered', path: 'tile/entries/000', seq: 0 }] }],
    });
    const { exitCode, output } = await liandong('verify', changed);
    expect({ exitCode, output }).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('entry-altered path=tile/entries/000 seq=0') as unknown,
    });
    const both = await json('verify', out, changed);
    expect(both).toMatchObject({ exitCode: 1, exports: [{ faults: [] }, { faults: [{ seq: 0 }] }] });
  });

  it('finds nothing in a folder that is none, and asks for one', async () => {
    expect(await json('verify', at('nowhere'))).toMatchObject({
      exitCode: 1,
      exports: [{ faults: [{ code: 'file-missing', path: 'policy' }] }],
    });
    expect(await complaint('verify')).toContain('Which folder');
  });
});

describe('liandong audit dossier', () => {
  const id = `case-${'0'.repeat(32)}`;

  it('is made of exports that stand, of a case they have, into a folder that is empty', async () => {
    expect(await complaint('dossier', id, out, '--out', at('dossier'))).toContain(
      `None of these ledgers has ${id}`,
    );
    expect(await complaint('dossier', id, out, '--out', out)).toContain('not an empty folder');
    expect(await complaint('dossier', id, '--out', at('dossier'))).toContain('Which exports');
    expect(await complaint('dossier', 'x', out)).toContain('no case id');
    expect(await json('dossier', id, at('changed'), '--out', at('dossier'))).toMatchObject({
      ...{ exitCode: 1, ok: false },
      exports: [{ faults: [{ code: 'entry-altered' }] }],
    });
  });
});

describe('liandong audit replay', () => {
  it('makes every view again from the events, equal to the live ones', async () => {
    const found = await json('replay', '--config', configFile);
    expect(found).toMatchObject({ exitCode: 0, tier: city, at: null });
    const { rows, divergence } = found['compared'] as { rows: number; divergence?: object };
    expect(divergence).toBeUndefined();
    expect(rows).toBeGreaterThan(20);
  });

  it('names the row and the field that somebody changed behind the projection', async () => {
    const pool = openPool(urlOf('approval'), { max: 1 });
    const [before] = (await pool.query<{ tier: string }>('SELECT tier FROM tiers')).rows;
    await pool.query("UPDATE tiers SET tier = '431099'");
    expect(await json('replay', '--config', configFile, '--projection', 'tiers')).toMatchObject({
      exitCode: 1,
      compared: { divergence: { projection: 'tiers', key: city, field: '', replayed: { tier: city } } },
    });
    await pool.query('UPDATE tiers SET tier = $1', [before?.tier]);
    await pool.end();
    expect(await json('replay', '--config', configFile, '--projection', 'tiers')).toMatchObject({
      exitCode: 0,
    });
  });

  it('makes the overview of supervision again where it is kept, and names a number that was made up', async () => {
    const url = readFileSync(config.databaseUrlFiles.supervision!, 'utf8').trim();
    await migrateSupervision(url);
    const asked = ['replay', '--config', configFile, '--projection', 'overview'];
    expect(await json(...asked)).toMatchObject({
      ...{ exitCode: 0, tier: city, compared: { rows: 0 }, overview: [], leftOut: ['staff', 'bulk'] },
    });
    const pool = openPool(url, { max: 1 });
    const made = { place: { tier: city, department: 'D', staff: 'S' }, sort: 'case', figures: ['open'] };
    await pool.query('INSERT INTO overview_tally VALUES ($1, $2, 3)', [JSON.stringify(made), city]);
    await pool.end();
    const { exitCode, output } = await liandong(...asked);
    expect(exitCode).toBe(1);
    expect(output).toContain('不含人员');
    expect(output).toMatch(/first divergence: overview \{"figures":\["open"\].*"department":"D"/);
    expect(output).not.toContain('"S"');
  });

  it('shows a past state, by leaf or by moment, and compares it with nothing', async () => {
    const none = await json('replay', '--config', configFile, '--at', '2001-01-01T00:00:00Z');
    expect(none).toMatchObject({ exitCode: 0, compared: null });
    expect(await json('replay', '--config', configFile, '--at', '0')).toMatchObject({ compared: null });
    expect(await complaint('replay', '--config', configFile, '--at', '99999')).toContain('no leaf 99999');
    expect(await complaint('replay', '--config', configFile, '--projection', 'x')).toContain('one of cases');
  });
});
