import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const built = (name: string) => fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'cli-privacy-'));
const at = (...names: string[]) => path.join(folder, ...names);
const [city, county, township] = ['431000', '431021', '431021106'] as const;
const cast = [city, county, township];
const name = '桂阳县宝山示范食品有限公司';
const phone = '0735-0000000';

type Field = { readonly digest: string; readonly name?: string; readonly state: string };
type Report = {
  readonly ok: boolean;
  readonly erased: number;
  readonly remnants: readonly { readonly kind: string; readonly place: string; readonly of: string }[];
};

let network: ChildProcess;
let caseId: string;

beforeAll(async () => {
  network = spawn(process.execPath, [built('embedded'), '--data', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  for await (const line of createInterface({ input: network.stdout! })) if (line.startsWith('{')) break;
  network.stdout!.resume();
  const { items } = await json<{ items: { caseId: string }[] }>('case', 'list');
  caseId = items[0]!.caseId;
  // Copies that an operator named: they are part of what the configuration says of the tier.
  for (const tier of cast) {
    const file = configOf(tier);
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    for (const kind of ['exports', 'backups']) mkdirSync(at(kind, tier), { recursive: true });
    const copies = { exports: [at('exports', tier)], backups: [at('backups', tier)] };
    writeFileSync(file, JSON.stringify({ ...config, copies }));
  }
  writeFileSync(at('texts'), `${phone}\n`);
}, 300_000);
afterAll(async () => {
  network.kill('SIGINT');
  if (network.exitCode === null) await once(network, 'exit');
  rmSync(folder, { recursive: true });
}, 60_000);

const configOf = (tier: string) => at('tiers', tier, 'tier.json');

const liandong = async (...words: string[]) => {
  const child = spawn(process.execPath, [built('cli'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', LIANDONG_NETWORK: at('addresses.json') },
  });
  const said = { output: '', complaint: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.complaint += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { ...said, exitCode };
};
const answered = async <Answer>(exitCode: 0 | 1, ...words: string[]): Promise<Answer> => {
  const said = await liandong(...words, '--json');
  expect({ words, complaint: said.complaint, exitCode: said.exitCode }).toEqual({
    ...{ words, complaint: '', exitCode },
  });
  return JSON.parse(said.output) as Answer;
};
const json = <Answer>(...words: string[]) => answered<Answer>(0, ...words);

const fieldsAt = async (tier: string): Promise<readonly Field[]> =>
  (await json<{ items: Field[] }>('privacy', 'fields', caseId, '--tier', tier)).items;
const coverage = (exitCode: 0 | 1, tier: string, ...words: string[]) =>
  answered<Report>(exitCode, 'privacy', 'coverage', '--config', configOf(tier), ...words);
const until = async (done: () => Promise<boolean>): Promise<void> => {
  while (!(await done())) await pause(200);
};

describe('a demand to erase, in a running network', () => {
  let phoneField: string;
  let nameField: string;
  let digest: string;

  it('begins with what the tiers hold', async () => {
    await until(async () => (await fieldsAt(city)).some((field) => field.name === 'applicantPhone'));
    const fields = await fieldsAt(county);
    expect(fields.every(({ state }) => state === 'held')).toBe(true);
    const named = (wanted: string) => fields.find((field) => field.name === wanted)?.digest ?? '';
    [phoneField, nameField] = [named('applicantPhone'), named('applicantName')];
    for (const tier of [county, city]) {
      const { ok, remnants } = await coverage(1, tier, '--texts', at('texts'));
      expect({ ok, places: remnants.map(({ kind, place }) => `${kind} ${place}`) }).toEqual({
        ...{ ok: false, places: [`store store.disclosure digest=${phoneField}`] },
      });
    }
    digest = (await json<{ digest: string }>('case', 'show', caseId)).digest;
  }, 300_000);

  it('is published before, as a case that anybody verifies, with the chosen fields and no others', async () => {
    const out = ['--out', at('ledger')];
    await json('audit', 'export', '--config', configOf(county), ...out);
    const words = ['privacy', 'publish', caseId, at('ledger'), '--config', configOf(county)];
    for (const [field, folderName] of [
      [nameField, 'published'],
      [phoneField, path.join('exports', county, 'published')],
    ] as const)
      await json(...words, `--field=${field}`, '--out', at(folderName));
    const verified = await json<{ fields: { name: string; value: string }[] }>(
      ...['privacy', 'verify', at('published')],
    );
    expect(verified.fields).toMatchObject([{ name: 'applicantName', value: name }]);
    const file = at('published', 'disclosed.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(name, '另一公司'));
    expect(await answered(1, 'privacy', 'verify', at('published'))).toMatchObject({
      ok: false,
      fault: { code: 'field-not-of-event', field: 'applicantName' },
    });
  }, 300_000);

  it('is refused without a ground, a field, or the years the law has the record kept', async () => {
    const words = ['privacy', 'erase', caseId, '--tier', county];
    const field = `--field=${phoneField}`;
    expect((await liandong(...words, field)).complaint).toContain('--ground is one of purposeAchieved');
    expect((await liandong(...words, '--ground', 'unlawful')).complaint).toContain('--field');
    const early = await liandong(...words, field, '--ground', 'retentionExpired');
    expect(early).toMatchObject({ exitCode: 1, complaint: expect.stringContaining('retention-running') });
    const elsewhere = ['privacy', 'erase', caseId, '--tier', city, field, '--ground', 'unlawful'];
    expect((await liandong(...elsewhere)).complaint).toContain('author-elsewhere');
  }, 300_000);

  it('is carried out at every tier, and nothing of it is found in any database', async () => {
    const words = ['privacy', 'erase', caseId, '--tier', county, `--field=${phoneField}`];
    const first = await json(...words, '--ground', 'unlawful');
    expect(first).toMatchObject({ stream: caseId, repeated: false });
    expect(await json(...words, '--ground', 'unlawful')).toMatchObject({ repeated: true });
    for (const tier of cast)
      await until(async () =>
        (await fieldsAt(tier)).some((field) => field.digest === phoneField && field.state === 'erased'),
      );
    for (const tier of [city, township])
      expect(await coverage(0, tier, '--texts', at('texts'))).toMatchObject({ ok: true, erased: 1 });
  }, 300_000);

  it('is not done while one copy is left: the report ends with 1 and names the file', async () => {
    const left = at('exports', county, 'published');
    const { remnants } = await coverage(1, county);
    expect(remnants).toEqual([
      expect.objectContaining({ kind: 'export', of: 'field', place: path.join(left, 'disclosed.json') }),
    ]);
    const text = (await liandong('privacy', 'coverage', '--config', configOf(county))).output;
    expect(text).toContain(`✗ 留存 left: export ${path.join(left, 'disclosed.json')}`);
    const backup = at('backups', county, 'store.sql.gz');
    writeFileSync(backup, gzipSync(readFileSync(path.join(left, 'disclosed.json'))));
    rmSync(left, { recursive: true });
    expect((await coverage(1, county)).remnants).toMatchObject([{ kind: 'backup', place: backup }]);
    writeFileSync(backup, 'PGDMP');
    expect(await coverage(1, county)).toMatchObject({ remnants: [], unreadable: [{ place: backup }] });
    rmSync(backup);
    expect(await coverage(0, county, '--texts', at('texts'))).toMatchObject({ ok: true });
  }, 300_000);

  it('leaves every proof and every replay as it was', async () => {
    await until(async () => {
      const shown = await Promise.all(
        cast.map((tier) => json<Record<string, unknown>>('case', 'show', caseId, '--tier', tier)),
      );
      return shown.every((each) => each['registered'] === each['revision'] && each['needsUpgrade'] === false);
    });
    expect(await json('case', 'replay', caseId)).toMatchObject({ equal: true });
    for (const tier of cast) {
      const out = at(`after-${tier}`);
      await json('audit', 'export', '--config', configOf(tier), '--out', out);
      expect(await json('audit', 'replay', '--config', configOf(tier))).toMatchObject({
        compared: { rows: expect.any(Number) },
      });
    }
    const report = await json('audit', 'verify', ...cast.map((tier) => at(`after-${tier}`)));
    expect(report).toMatchObject({ ok: true, between: { faults: [] } });
    const { digest: now } = await json<{ digest: string }>('case', 'show', caseId);
    // The erasure itself was filed; what stood before it stands.
    expect(now).not.toBe(digest);
    const published = await liandong(
      ...['privacy', 'publish', caseId, at(`after-${county}`), '--config', configOf(county)],
      ...[`--field=${phoneField}`, '--out', at('too-late')],
    );
    expect(published.complaint).toContain('does not hold the fields');
  }, 300_000);
});
