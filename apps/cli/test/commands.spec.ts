import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const built = (name: string) => fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'cli-commands-'));
const cast = ['431000', '431021', '431021106'];
/** A county that has no part in the case. */
const bystander = '431022';

let network: ChildProcess;
let caseId: string;

beforeAll(async () => {
  network = spawn(
    process.execPath,
    [built('embedded'), '--data', folder, '--port', '0', '--audit', '--tiers', bystander],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  for await (const line of createInterface({ input: network.stdout! }))
    if (line.startsWith('{')) {
      expect(JSON.parse(line)).toMatchObject({ cases: 1, equal: true });
      break;
    }
  network.stdout!.resume();
  const { items } = (await json('case', 'list')) as { items: { caseId: string }[] };
  caseId = items[0]!.caseId;
}, 300_000);
afterAll(async () => {
  network.kill('SIGINT');
  if (network.exitCode === null) await once(network, 'exit');
  rmSync(folder, { recursive: true });
}, 60_000);

/** The program itself, as `npm run liandong` starts it. */
const liandong = async (...words: string[]) => {
  const child = spawn(process.execPath, [built('cli'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', LIANDONG_NETWORK: path.join(folder, 'addresses.json') },
  });
  const said = { output: '', complaint: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.complaint += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { ...said, exitCode };
};

const ok = async (...words: string[]): Promise<string> => {
  const { output, complaint, exitCode } = await liandong(...words);
  expect({ complaint, exitCode }).toEqual({ complaint: '', exitCode: 0 });
  return output;
};
const json = async (...words: string[]): Promise<unknown> => JSON.parse(await ok(...words, '--json'));

describe('liandong, against a running network', () => {
  it('shows the tiers and where they are', async () => {
    const text = await ok('tiers');
    for (const word of ['郴州市', '桂阳县', '流峰镇', '宜章县', 'township']) expect(text).toContain(word);
    expect(await json('tiers')).toMatchObject([
      { tier: '431000', level: 'city' },
      { tier: '431021', parent: '431000' },
      { tier: bystander, parent: '431000' },
      { tier: '431021106', parent: '431021' },
    ]);
  });

  it('lists the cases a tier knows, and none at a tier that has no part in any', async () => {
    expect(await ok('case', 'list')).toContain(caseId);
    expect(await ok('case', 'list', '--tier', '431021106')).toContain('建设项目联合审批');
    expect(await ok('case', 'list', '--tier', bystander)).toContain('（无 none）');
  });

  it('shows a case with its steps and its register', async () => {
    const text = await ok('case', 'show', caseId, '--tier', '431021');
    for (const word of ['建设项目联合审批', 'closed', 'residents', 'opinionGiven', 'registered'])
      expect(text).toContain(word);
    // A leaf of the county's ledger, and the checkpoint of the quorum over it.
    expect(text).toMatch(/已登记 registered +\d+ < \d+/);
    expect(await json('case', 'show', caseId)).toMatchObject({ caseId, status: 'closed' });
  });

  it('replays a case to one digest at every tier that holds it', async () => {
    const replay = await json('case', 'replay', caseId);
    const { replays } = replay as {
      replays: { tier: string; case: { digest: string } | null; live?: string }[];
    };
    expect(replay).toMatchObject({ at: null, equal: true });
    const held = replays.filter((each) => each.case !== null);
    expect(held.map(({ tier }) => tier).sort()).toEqual(cast);
    expect(new Set(held.flatMap((each) => [each.case?.digest, each.live])).size).toBe(1);
    expect(await ok('case', 'replay', caseId)).toMatch(/431022 +不持有 not held/);
  });

  it('shows each officer the personal fields that have come to their tier, and nobody else any', async () => {
    for (;;) {
      const reports = (await json('links')) as { owing: number }[];
      if (reports.every(({ owing }) => owing === 0)) break;
    }
    const [name, phone] = ['桂阳县宝山示范食品有限公司', '0735-0000000'];
    const lead = await ok('case', 'personal', caseId, 'leadCoordinator-431000-03', '--tier', '431000');
    for (const word of [name, phone]) expect(lead).toContain(word);
    const adviser = await ok('case', 'personal', caseId, 'reviewer-431021106-01', '--tier', '431021106');
    expect(adviser).toContain(name);
    expect(adviser).not.toContain(phone);
    const stranger = await liandong('case', 'personal', caseId, 'auditor', '--tier', '431000');
    expect(stranger.exitCode).toBe(1);
    expect(stranger.output).not.toContain(name);
  });

  it('replays a case as it stood at a moment', async () => {
    const { events } = (await json('case', 'show', caseId)) as {
      events: { type: string; recordedTime: string }[];
    };
    const accepted = events.find(({ type }) => type.includes('.accepted.'))!.recordedTime;
    expect(await json('case', 'replay', caseId, '--at', accepted)).toMatchObject({
      at: accepted,
      equal: true,
      replays: [{ case: { status: 'accepted' } }, {}, {}, {}],
    });
    expect((await liandong('case', 'replay', caseId, '--at', '2020-01-01T00:00:00Z')).complaint).toContain(
      'No tier asked holds',
    );
  });

  it('shows the links, drained and whole', async () => {
    const reports = (await json('links')) as { tier: string; drained: boolean }[];
    expect(reports).toHaveLength(4);
    for (const report of reports) expect(report).toMatchObject({ drained: true, parked: 0, waiting: 0 });
    const text = await ok('links', '--tier', '431021');
    expect(text).toMatch(/431000 +up +是 yes/);
    expect(text).toMatch(/431021106 +down +是 yes/);
  });

  it('has nothing parked, and resumes a link that runs', async () => {
    expect(await ok('parked', 'list')).toContain('（无 none）');
    expect(await json('parked', 'redrive', '--tier', '431000')).toEqual({ events: [], streams: [] });
    expect(await ok('links', 'resume', '431021', '--tier', '431000')).toContain('runs again');
  });

  it('gives tokens, and says who there is', async () => {
    expect((await ok('token', 'auditor')).trim().split('.')).toHaveLength(3);
    expect(await json('token', 'agent')).toMatchObject({ person: 'agent-431021106-01' });
    expect(await ok('token', '--tier', '431021')).toContain('operator-431021');
    expect(await ok('token')).toMatch(/agent +431021106/);
    const nobody = await liandong('token', 'emperor');
    expect(nobody.exitCode).toBe(1);
    expect(nobody.complaint).toMatch(/Nobody is or has the role emperor\. Roles: .*windowClerk/);
  });

  it('lets a token of one tier ask that tier alone', async () => {
    const token = (await ok('token', 'auditor', '--tier', '431021')).trim();
    expect(await ok('tiers', '--tier', '431021', '--token', token)).toContain('桂阳县');
    const { exitCode, complaint } = await liandong('tiers', '--token', token);
    expect(exitCode).toBe(1);
    expect(complaint).toContain('The token belongs to another tier');
    expect(complaint).not.toMatch(/\bat .+:\d+:\d+/);
  });

  it('passes on that there is no such case', async () => {
    const { exitCode, complaint } = await liandong('case', 'show', `case-${'0'.repeat(32)}`);
    expect(exitCode).toBe(1);
    expect(complaint).toContain('There is no such case');
  });
});

describe('liandong audit, asking the audit services of a running network', () => {
  const at = (...names: string[]) => path.join(folder, 'audited', ...names);
  const exports = cast.map((tier) => at(tier));
  const text = (...names: string[]) => readFileSync(at(...names), 'utf8');

  it('exports what verifies, in one thread and in several', async () => {
    for (const tier of [...cast, bystander])
      expect(await ok('audit', 'export', '--tier', tier, '--out', at(tier))).toContain('entries');
    const all = [...exports, at(bystander)];
    const alone = await json('audit', 'verify', ...all, '--workers', '1');
    expect(alone).toMatchObject({ ok: true, between: { unproven: 0, faults: [] } });
    expect(await json('audit', 'verify', ...all, '--workers', '3')).toEqual(alone);
    const { exitCode, complaint } = await liandong('audit', 'verify', ...exports, '--workers', 'many');
    expect([exitCode, complaint]).toEqual([1, expect.stringContaining('a number from 1 to 99')]);
  }, 120_000);

  it('replays as it does over the database', async () => {
    const config = path.join(folder, 'tiers', cast[1]!, 'tier.json');
    for (const words of [
      ['--case', caseId],
      ['--projection', 'items'],
      ['--case', caseId, '--at', '0'],
    ])
      expect(await json('audit', 'replay', '--tier', cast[1]!, ...words)).toEqual(
        await json('audit', 'replay', '--config', config, ...words),
      );
    expect(await ok('audit', 'replay', '--tier', cast[1]!)).toContain('equal the live views');
  }, 120_000);

  it('makes a dossier of services as of exports', async () => {
    const { tiers } = JSON.parse(readFileSync(path.join(folder, 'addresses.json'), 'utf8')) as {
      tiers: { audit: string }[];
    };
    await ok('audit', 'dossier', caseId, ...exports, '--out', at('of-exports'));
    const urls = tiers.flatMap(({ audit }) => ['--url', audit]);
    const { exitCode, complaint } = await liandong(
      ...['audit', 'dossier', caseId, ...urls, '--out', at('of-all')],
    );
    // The bystander does not hold the case.
    expect([exitCode, complaint]).toEqual([1, expect.stringContaining('does not hold the case')]);
    const cast = urls.filter((_, n) => Math.floor(n / 2) !== 2);
    await ok('audit', 'dossier', caseId, ...cast, '--out', at('of-services'));
    for (const file of ['dossier.json', 'index.html'])
      expect(text('of-services', file)).toBe(text('of-exports', file));
    expect(JSON.parse(text('of-services', 'dossier.json'))).toMatchObject({
      unproven: [],
      guide: { published: { origin: expect.stringContaining('/431000/') as unknown } },
    });
  }, 120_000);

  it('does what the page for auditors says of a running tier', async () => {
    const page = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8');
    const commands = [...page.matchAll(/^npm run -s liandong -- (audit .*--tier .*)$/gm)].map(
      ([, words = '']) =>
        words
          .replace('case-…', caseId)
          .replace('/media/audit', at('of-page'))
          .replace('--out dossier', `--out ${at('page')}`)
          .split(' '),
    );
    expect(commands).toHaveLength(4);
    for (const words of commands) await ok(...words);
  }, 120_000);

  it('is refused to an auditor of a lower tier, and to whoever is none', async () => {
    for (const person of [
      ['auditor', '--tier', '431021106'],
      ['operator', '--tier', '431021'],
    ]) {
      const token = (await ok('token', ...person)).trim();
      const asked = ['audit', 'replay', '--tier', '431021', '--token', token];
      const { exitCode, complaint } = await liandong(...asked);
      expect([exitCode, complaint]).toEqual([1, expect.stringContaining('403')]);
    }
  }, 120_000);
});
