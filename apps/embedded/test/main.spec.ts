import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endAll, familyOf, isAlive, kill, npmStart, pssOf, start, temporaryFolder } from './program.ts';

type Summary = {
  readonly cases: number;
  readonly events: Record<string, number>;
  readonly caseDigest: Record<string, string>;
  readonly cards: Record<'issued' | 'withdrawn' | 'standing', number>;
  readonly equal: boolean;
};

const cast = ['431000', '431021', '431021106'];
const minutes = (n: number) => n * 60_000;
const day = 86_400_000;

let scratch: string;
beforeAll(() => {
  scratch = temporaryFolder();
});
afterEach(endAll);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const summaryIn = (line: string): Summary => {
  const summary = JSON.parse(line) as Summary;
  expect(Object.keys(summary)).toEqual(['cases', 'events', 'caseDigest', 'cards', 'equal']);
  expect(Object.keys(summary.events).sort()).toEqual(cast);
  expect(Object.keys(summary.caseDigest).sort()).toEqual(cast);
  expect(new Set(Object.values(summary.caseDigest)).size).toBe(1);
  // A warning and a yellow card for the expert review; the yellow one is withdrawn on appeal.
  expect(summary).toMatchObject({ cases: 1, cards: { issued: 2, withdrawn: 1, standing: 1 }, equal: true });
  return summary;
};

const gone = async (pids: readonly number[]): Promise<void> => {
  for (let n = 0; n < 600 && pids.some(isAlive); n++) await pause(50);
  expect(pids.filter(isAlive)).toEqual([]);
};

/** All its processes together, and there are several. */
const expectSmall = (pid: number) => {
  const megabytes = familyOf(pid).map(pssOf);
  expect(megabytes.filter((each) => each > 1).length).toBeGreaterThan(5);
  expect(megabytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(600);
};

/** Asks the running network as one of its people would. */
const visitor = (folder: string) => {
  const addresses = JSON.parse(readFileSync(path.join(folder, 'addresses.json'), 'utf8')) as {
    issuer: string;
    tiers: { tier: string; approval: string; audit?: string }[];
  };
  const json = async <Answer>(url: string, token?: string) => {
    const response = await fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    return (await response.json()) as Answer;
  };
  const tokenOf = async (person: string) => {
    const asked = `${addresses.issuer}/token?person=${person}`;
    return (await json<{ access_token: string }>(asked)).access_token;
  };
  return {
    /** What the audit service of each tier says of its ledger, asked by the city's auditor. */
    verified: async () => {
      const authorization = `Bearer ${await tokenOf('auditor-431000')}`;
      return Promise.all(
        addresses.tiers.map(async ({ audit }) => {
          const answer = await fetch(`${audit}/v1/audit/verification`, { headers: { authorization } });
          return (await answer.text()).trimEnd().split('\n').slice(-2)[0];
        }),
      );
    },
    items: async <Row>(person: string, at: string) => {
      const token = await tokenOf(person);
      const { approval } = addresses.tiers.find(({ tier }) => tier === person.split('-')[1])!;
      return json<{ items: Row[] }>(`${approval}${at}`, token);
    },
  };
};

/** Types of the case's events at a tier. */
const factsAt = async (folder: string, tier: string): Promise<readonly string[]> => {
  const visit = visitor(folder);
  const { items: cases } = await visit.items<{ caseId: string }>(`auditor-${tier}`, '/v1/cases');
  const of = `/v1/cases/${cases[0]!.caseId}/events`;
  const { items: events } = await visit.items<{ type: string }>(`auditor-${tier}`, of);
  return events.map(({ type }) => type.split('.')[2] ?? '');
};

/** The names of the applicant's fields that an officer of a tier is shown, once they have come. */
const fieldsShownTo = async (folder: string, person: string): Promise<readonly string[]> => {
  const [, tier] = person.split('-');
  const visit = visitor(folder);
  const { items: cases } = await visit.items<{ caseId: string }>(`auditor-${tier}`, '/v1/cases');
  for (;;) {
    const of = `/v1/cases/${cases[0]!.caseId}/personal`;
    const { items } = await visit.items<{ type: string; fields: object }>(person, of);
    const opening = items.find(({ type }) => type === 'liandong.case.opened.v1');
    if (opening !== undefined) return Object.keys(opening.fields).sort();
    await pause(100);
  }
};

/** Each act of the main job once, whatever came between. What the lead files in between may differ. */
const everyActOnce = [
  ...['opened', 'preAccepted', 'correctionRequired', 'materialSupplied', 'accepted'],
  ...['stageOpened', 'opinionGiven', 'procedureStarted', 'determined', 'materialSupplied', 'determined'],
  ...['procedureEnded', 'determined', 'externalRecorded', 'stageOpened', 'determined', 'determined'],
  ...['concluded', 'delivered'],
];

describe('npm start -- --demo', () => {
  it(
    'ends with 0 and its summary, having told every step at three tiers, and leaves nothing behind',
    async () => {
      const temporary = path.join(scratch, 'temporary');
      mkdirSync(temporary);
      const { lines, ended, complaint } = start(['--demo'], { TMPDIR: temporary });
      expect([await ended, complaint()]).toEqual([0, '']);
      summaryIn(lines.at(-1) ?? '');
      const steps = lines.filter((line) => /^\[ ?\d+\/\d+\]/.test(line));
      expect(steps.length).toBeGreaterThanOrEqual(20);
      for (const tier of cast) expect(steps.some((line) => line.includes(tier))).toBe(true);
      expect(readdirSync(temporary)).toEqual([]);
    },
    minutes(2),
  );

  it(
    'takes its temporary folder away when it is interrupted too',
    async () => {
      const temporary = path.join(scratch, 'interrupted');
      mkdirSync(temporary);
      const { child, says, ended } = start(['--demo'], { TMPDIR: temporary });
      await says(/^\[ 2\//);
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(readdirSync(temporary)).toEqual([]);
    },
    minutes(2),
  );
});

describe('npm start', () => {
  it(
    'goes on where it was after kill -9, after Ctrl-C, and after kill -9 of every process with PostgreSQL, all in less than 600 MB',
    async () => {
      const folder = path.join(scratch, 'continued');
      const killed = start(['--data', folder, '--port', '0']);
      await killed.says(/^\[ 5\//);
      const family = familyOf(killed.child.pid!);
      kill(-killed.child.pid!);
      await killed.ended;
      await gone(family);

      const stopped = start(['--data', folder, '--port', '0']);
      await stopped.says(/^\[10\//);
      const rest = familyOf(stopped.child.pid!);
      stopped.child.kill('SIGINT');
      expect([await stopped.ended, stopped.complaint()]).toEqual([0, '']);
      await gone(rest);
      expect(stopped.lines.some((line) => line.startsWith('{'))).toBe(false);

      const struck = start(['--data', folder, '--port', '0']);
      await struck.says(/^\[14\//);
      const all = familyOf(struck.child.pid!);
      expect(all.length).toBeGreaterThan(5);
      for (const each of all) kill(each);
      await struck.ended;
      await gone(all);

      const last = start(['--data', folder, '--port', '0']);
      summaryIn(await last.says(/^\{/));
      expectSmall(last.child.pid!);
      for (const tier of cast)
        expect((await factsAt(folder, tier)).filter((type) => type !== 'filed')).toEqual(everyActOnce);
      expect(await fieldsShownTo(folder, 'leadCoordinator-431000-03')).toEqual([
        'applicantIdentity',
        'applicantName',
        'applicantPhone',
        'matter',
      ]);
      expect(await fieldsShownTo(folder, 'reviewer-431021106-01')).toEqual(['applicantName', 'matter']);
      // Five working days; had any passed twice, the summary would count further cards.
      expect(Number(readFileSync(path.join(folder, 'clock'), 'utf8'))).toBeGreaterThan(4 * day);
      last.child.kill('SIGTERM');
      expect(await last.ended).toBe(0);
    },
    minutes(6),
  );

  it(
    'leaves a finished job alone, opens the auditors’ door, and has its folder to itself',
    async () => {
      const folder = path.join(scratch, 'continued');
      const again = start(['--data', folder, '--port', '0', '--audit']);
      await again.says(/finished by an earlier start/);
      expect(await factsAt(folder, '431021106')).toHaveLength(
        everyActOnce.length + (await factsAt(folder, '431000')).filter((type) => type === 'filed').length,
      );
      for (const report of await visitor(folder).verified()) expect(report).toContain('"ok":true');
      expectSmall(again.child.pid!);
      const second = start(['--data', folder, '--port', '0']);
      expect(await second.ended).toBe(1);
      expect(second.complaint()).toMatch(/in use by process \d+/);
      again.child.kill('SIGINT');
      expect(await again.ended).toBe(0);
      expect(again.lines.some((line) => line.startsWith('['))).toBe(false);
    },
    minutes(4),
  );

  it(
    'ends whole when npm itself is told to end',
    async () => {
      const { child, says, ended } = npmStart(['--data', path.join(scratch, 'npm'), '--port', '0']);
      await says(/^\[ 1\//);
      const family = familyOf(child.pid!);
      expect(family.length).toBeGreaterThan(6);
      child.kill('SIGTERM');
      await ended;
      await gone(family);
    },
    minutes(3),
  );

  it(
    'refuses a port that is taken, in words',
    async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const refused = start(['--data', path.join(scratch, 'port'), '--port', String(port)]);
      expect(await refused.ended).toBe(1);
      expect(refused.complaint()).toContain(`port ${port} is taken: choose others with --port`);
      server.close();
    },
    minutes(2),
  );

  it('explains its options, and complains about a wrong one without a stack', async () => {
    const help = start(['--help']);
    expect(await help.ended).toBe(0);
    for (const option of ['--demo', '--tiers', '--data', '--port'])
      expect(help.lines.join('\n')).toContain(option);
    const wrong = start(['--port', 'x']);
    expect(await wrong.ended).toBe(1);
    expect(wrong.complaint()).toMatch(/--port/);
    expect(wrong.complaint()).not.toMatch(/\bat .+:\d+:\d+/);
  }, 60_000);
});
