import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { asInsider, changePlaces, forge, type Found, remakeTiles, takeOut } from './insider.ts';

const built = (name: string) => fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'cli-insider-'));
const at = (...names: string[]) => path.join(folder, ...names);
const [city, county, township, otherTownship] = ['431000', '431021', '431021106', '431021102'] as const;
const cast = [city, county, township, otherTownship];
const addresses = at('addresses.json');
const environment = { ...process.env, NODE_OPTIONS: '', LIANDONG_NETWORK: addresses };

let network: ChildProcess;

/** The network as a process of its own, once it answers. */
const started = async (): Promise<void> => {
  const words = ['--data', folder, '--port', '0', '--tiers', otherTownship];
  network = spawn(process.execPath, [built('embedded'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  });
  for await (const line of createInterface({ input: network.stdout! }))
    if (line.startsWith('{') || line.includes('finished by an earlier start')) break;
  network.stdout!.resume();
};
const stopped = async (): Promise<void> => {
  network.kill('SIGINT');
  if (network.exitCode === null) await once(network, 'exit');
};

const json = async <Answer>(exitCode: 0 | 1, ...words: string[]): Promise<Answer> => {
  const child = spawn(process.execPath, [built('cli'), ...words, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const said = { output: '', complaint: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.complaint += chunk.toString()));
  const [ended] = (await once(child, 'close')) as [number | null];
  expect({ words, complaint: said.complaint, ended }).toEqual({ words, complaint: '', ended: exitCode });
  return JSON.parse(said.output) as Answer;
};

type Incident = { readonly code: string; readonly detail: string };

type Links = { readonly incidents: readonly Incident[]; readonly ledger?: { readonly state: string } };

/** What stops a ledger is told before it signs anything: once it does, nothing of it will come. */
const stopsTheLedger = ['ledger-damaged', 'ledger-behind', 'ledger-parted'];

/** The first incident at a tier of which one of these codes is told; throws, with how the tier is, when none comes. */
const reported = async (tier: string, ...codes: readonly string[]): Promise<Incident> => {
  const latest = performance.now() + 120_000;
  for (;;) {
    const status = await json<Links[]>(0, 'links', '--tier', tier);
    const found = status.flatMap(({ incidents }) => incidents).find(({ code }) => codes.includes(code));
    if (found !== undefined) return found;
    const signs = status.some(({ ledger }) => ledger?.state === 'sealing');
    if ((signs && codes.every((code) => stopsTheLedger.includes(code))) || performance.now() > latest)
      throw new Error(`${tier} reports no ${codes.join(' or ')}: ${JSON.stringify(status)}`);
    await pause(200);
  }
};

const stateOfLedger = async (tier: string): Promise<string | undefined> =>
  (await json<Links[]>(0, 'links', '--tier', tier))[0]?.ledger?.state;

/** What `audit verify` says of an export made now, under the policy that was kept elsewhere. */
const verified = async (tier: string) => {
  const out = at('exports', tier);
  await json(0, 'audit', 'export', '--config', at('tiers', tier, 'tier.json'), '--out', out);
  const { exports, between } = await json<{
    exports: { faults: { code: string; seq?: number }[] }[];
    between: { faults: { code: string; seq?: number }[] };
  }>(1, 'audit', 'verify', out, '--policy', at('kept-elsewhere', tier));
  return [...exports.flatMap(({ faults }) => faults), ...between.faults];
};

/** An officer of a tier asks its counter. */
const counter = async <Answer>(tier: string, person: string, at: string, body?: object): Promise<Answer> => {
  const { issuer, tiers } = JSON.parse(readFileSync(addresses, 'utf8')) as {
    issuer: string;
    tiers: { tier: string; approval: string }[];
  };
  const token = await fetch(`${issuer}/token?person=${person}-${tier}`);
  const { access_token } = (await token.json()) as { access_token: string };
  const answer = await fetch(`${tiers.find((each) => each.tier === tier)?.approval}${at}`, {
    headers: {
      authorization: `Bearer ${access_token}`,
      ...(body && { 'content-type': 'application/json', 'idempotency-key': '"insider"' }),
    },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  expect(answer.ok).toBe(true);
  return (await answer.json()) as Answer;
};

/** Anything that its ledger has to seal. */
const record = async (tier: string): Promise<void> => {
  const item = '/v1/items/431001111001';
  const { versions } = await counter<{ versions: { version: string }[] }>(
    city,
    'auditor',
    `${item}/versions`,
  );
  const standard = { tier: city, version: versions.at(-1)?.version };
  await counter(tier, 'catalogueManager', `${item}/adoptions`, { standard, effectiveFrom: '2027-01-01' });
};

/** What the insider struck at. */
let rewritten: Found;
let afterDeleted: Found;
let moved: readonly [Found, Found];
let backDated: Found;

beforeAll(async () => {
  await started();
  for (const tier of cast) cpSync(at('tiers', tier, 'policy'), at('kept-elsewhere', tier));

  await asInsider(folder, city, async (hands) => {
    rewritten = await hands.find('case.concluded');
    await forge(hands, rewritten, ({ data, ...envelope }) => ({
      ...envelope,
      data: { ...(data as object), outcome: 'refused' },
    }));
    await remakeTiles(hands);
  });
  await asInsider(folder, county, async (hands) => {
    const deleted = await hands.find('case.correctionRequired');
    await takeOut(hands, deleted);
    afterDeleted = await hands.successor(deleted);
  });
  await asInsider(folder, otherTownship, async (hands) => {
    const type = 'department.authorityDelegated';
    moved = [await hands.find(type, 1), await hands.find(type, 2)];
    await changePlaces(hands, ...moved);
  });
  await asInsider(folder, township, async (hands) => {
    backDated = await hands.find('case.opinionGiven');
    const time = '2026-01-05T01:00:00.000Z';
    await forge(hands, backDated, (envelope) => ({ ...envelope, time, recordedtime: time }));
  });

  await stopped();
  await started();
}, 600_000);
afterAll(async () => {
  await stopped();
  rmSync(folder, { recursive: true });
}, 60_000);

describe('an insider with the password of the superuser, after a restart of all services', () => {
  it('who rewrote an event, sealed it with a key of their own and made the tiles anew is caught before the next signature', async () => {
    expect((await reported(city, 'ledger-damaged')).detail).toContain('tiles-are-not-the-head');
    expect(await stateOfLedger(city)).toBe('damaged');
    expect(await verified(city)).toContainEqual({
      ...{ code: 'not-sealed', seq: rewritten.seq },
      reason: 'seal-forged',
    });
  }, 240_000);

  it('who deleted an event and closed every gap is caught before the next signature, since the witnesses know of more', async () => {
    await reported(county, 'ledger-behind', 'ledger-parted');
    expect(['behind', 'parted']).toContain(await stateOfLedger(county));
    expect(await verified(county)).toContainEqual(
      expect.objectContaining({
        code: 'event-dropped',
        stream: afterDeleted.stream,
        seq: afterDeleted.seq,
      }),
    );
  }, 240_000);

  it('who reordered events under their own seals and made tiles and roots anew is caught by the witnesses at the next seal', async () => {
    const [first, second] = moved;
    await record(otherTownship);
    await reported(otherTownship, 'ledger-split-view');
    const faults = await verified(otherTownship);
    expect(faults).toContainEqual(
      expect.objectContaining({ code: 'event-dropped', stream: first.stream, seq: first.seq }),
    );
    expect(faults).toContainEqual(
      expect.objectContaining({ code: 'event-reordered', stream: first.stream, seq: second.seq }),
    );
  }, 240_000);

  it('who back-dated an event in the store, where no tile changes, is caught by the scrub', async () => {
    const { detail } = await reported(township, 'scrub-bytes-changed');
    expect(JSON.parse(detail)).toEqual({ position: String(backDated.position), seq: backDated.seq });
    expect(await verified(township)).toContainEqual(
      expect.objectContaining({ code: 'entry-altered', seq: backDated.seq }),
    );
  }, 240_000);
});
