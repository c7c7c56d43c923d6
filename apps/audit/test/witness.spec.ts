import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ed25519Signer, newPrivateKey } from '@liandong/adapters/crypto';
import { witnessClient } from '@liandong/adapters/http';
import { memorySplitViews } from '@liandong/adapters/memory';
import { type AnchorAlarm, collector, originHash, type Witnessing } from '@liandong/application';
import { toHex } from '@liandong/kernel';
import {
  formatAddCheckpoint,
  formatVKey,
  makeVKey,
  nodesInTiles,
  type NoteSignature,
  openHead,
  parseNote,
  parseSplitView,
  parseVKey,
  type Policy,
  proveConsistency,
  readAnswer,
  verifyNote,
  verifySplitView,
} from '@liandong/ledger';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newKey, suite, type WitnessedLog, witnessedLog } from '@liandong/testing/witnessed-log';
import { proportionalKiB, startWitnesses, type WitnessProcess } from './support/witness-process.ts';

const origin = 'test.example/431021/1';
const logKey = newKey(origin, 'ed25519');
const names = ['archive', 'audit', 'authority', 'province'];
const { signal } = new AbortController();

const folders: string[] = [];
let configuration: string;
let folder: string;
let running: WitnessProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'witnesses-'));
  folders.push(folder);
  configuration = path.join(folder, 'witness.json');
  await Promise.all(names.map((name) => writeFile(path.join(folder, `${name}.pem`), newPrivateKey())));
  await configure({ listen: { host: '127.0.0.1', port: 0 } });
});
afterEach(async () => {
  await running?.end('SIGKILL');
  running = undefined;
});
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))));

const configure = (whole: object) =>
  writeFile(
    configuration,
    JSON.stringify({
      witnesses: names.map((name) => ({
        ...{ name: `${name}.example/witness`, path: name, keyFile: `${name}.pem`, folder: name },
        logs: [formatVKey(logKey.vkey)],
      })),
      ...whole,
    }),
  );

const start = async () => (running = await startWitnesses(configuration, names.length));
const keyOf = (vkey: string) => {
  const key = parseVKey(suite.sha256, vkey);
  if (!key.ok) throw new Error(key.refusal.rule);
  return key.value;
};

const offer = async (log: WitnessedLog, address: string, old: number, size: number) => {
  const nodes = nodesInTiles(suite.sha256, log.book.tile, size);
  const proof = (await proveConsistency(suite.sha256, nodes, Math.min(old, size), size)) ?? [];
  const body = formatAddCheckpoint({ old, proof, note: log.headAt(size).note });
  return readAnswer(await witnessClient(address).addCheckpoint(body, signal));
};

const expectCosignedBy = (vkey: string, bytes: Uint8Array, signatures: readonly NoteSignature[]) => {
  const note = parseNote(bytes);
  expect(note.ok && verifyNote(suite, { ...note.value, signatures }, [keyOf(vkey)]).ok).toBe(true);
};

const policyOf = ({ witnesses }: WitnessProcess): Policy => {
  const members = witnesses.map(({ address, vkey }, n): Witnessing => {
    return { kind: 'witness', name: names[n]!, key: keyOf(vkey), url: address };
  });
  return {
    logs: [{ key: logKey.vkey }],
    witnesses: members,
    quorum: { kind: 'group', name: 'three', threshold: 3, members },
  };
};

describe('the audit service as a witness', () => {
  it('anchors a ledger: four witnesses of one process make the quorum', async () => {
    const witnesses = await start();
    const log = witnessedLog(origin, logKey);
    const alarms: AnchorAlarm[] = [];
    const stop = new AbortController();
    const policy = policyOf(witnesses);
    const collecting = collector({
      ...{ suite, origin, policy, book: log.book, splitViews: memorySplitViews() },
      clientFor: ({ url }) => (url === undefined ? undefined : witnessClient(url)),
      clock: { now: () => new Date() },
      wait: (milliseconds, stopped) =>
        pause(milliseconds, undefined, { signal: stopped }).catch(() => undefined),
      report: (alarm) => alarms.push(alarm),
    });
    const run = collecting.run(stop.signal);
    for (let n = 1; n <= 20; n++) {
      log.grow(`entry ${n}`);
      collecting.headSigned();
      while (log.anchored()?.size !== n) await pause(1);
    }
    stop.abort();
    await run;
    const head = openHead(suite, log.anchored()!.note, [
      logKey.vkey,
      ...policy.witnesses.map(({ key }) => key),
    ]);
    expect(head.ok && head.value.verified.length).toBeGreaterThanOrEqual(4);
    expect(alarms).toEqual([]);
    const shown = await fetch(
      `${witnesses.witnesses[0]!.address}/${originHash(suite.sha256, origin)}/checkpoint`,
    );
    expect((await shown.text()).startsWith(`${origin}\n`)).toBe(true);
  });

  it('ends cleanly, remembers over a restart, and is small', async () => {
    const log = witnessedLog(origin, logKey);
    log.grow('a', 'b', 'c');
    const first = await start();
    expect((await offer(log, first.witnesses[0]!.address, 0, 2)).kind).toBe('cosigned');
    if (process.platform === 'linux')
      expect(proportionalKiB(readFileSync(`/proc/${first.pid}/smaps_rollup`, 'utf8'))).toBeLessThan(80_000);
    expect(await first.end('SIGTERM')).toBe(0);
    const second = await start();
    expect(await offer(log, second.witnesses[0]!.address, 0, 3)).toEqual({ kind: 'other-size', size: 2 });
    expect(await second.end('SIGINT')).toBe(0);
  });

  it('freezes a log that signed two histories, and hands out the evidence after a restart', async () => {
    const log = witnessedLog(origin, logKey);
    log.grow('a', 'b', 'c');
    const thief = log.fork(2);
    thief.grow('x');
    const first = await start();
    const [{ address } = { address: '' }] = first.witnesses;
    expect((await offer(log, address, 0, 3)).kind).toBe('cosigned');
    expect((await offer(thief, address, 3, 3)).kind).toBe('fork');
    expect(first.said()).toContain(`split view, frozen: ${origin}`);
    await first.end('SIGKILL');

    const again = (await start()).witnesses[0]!.address;
    expect((await offer(log, again, 3, 3)).kind).toBe('fork');
    const served = await fetch(`${again}/${originHash(suite.sha256, origin)}/split-view`);
    const split = parseSplitView(new Uint8Array(await served.arrayBuffer()));
    expect(split.ok && verifySplitView(suite, split.value, [logKey.vkey]).ok).toBe(true);
  });

  it('killed in the middle of two histories of many logs, again and again, cosigns one of each', async () => {
    const [lives, newLogs] = [6, 12];
    const logs = Array.from({ length: lives * newLogs }, (_, n) => {
      const shared = witnessedLog(`test.example/${431_000 + n}/1`);
      shared.grow('common 1', 'common 2', 'common 3');
      const histories = ['one', 'other'].map((name) => {
        const log = shared.fork(3);
        for (let leaf = 0; leaf < 40; leaf++) log.grow(`${name} ${leaf}`);
        return log;
      });
      return { histories, vkey: formatVKey(shared.key.vkey), cosigned: new Map<number, Set<string>>() };
    });
    await configure({
      listen: { host: '127.0.0.1', port: 0 },
      witnesses: [
        {
          name: 'archive.example',
          keyFile: 'archive.pem',
          folder: 'archive',
          logs: logs.map(({ vkey }) => vkey),
        },
      ],
    });
    const count = { given: 0, forks: 0, cut: 0 };

    for (let life = 0; life < lives; life++) {
      const { witnesses, end } = (running = await startWitnesses(configuration, 1));
      const [{ address, vkey } = { address: '', vkey: '' }] = witnesses;
      // Each life brings logs never seen, and every one of them gets its first head cosigned.
      const until = count.given + newLogs;
      const enough = Promise.withResolvers<void>();
      let dead = false;
      /** Offers ever larger heads of a history, from nothing and from whatever size the witness names. */
      const press = async (log: WitnessedLog, cosigned: Map<number, Set<string>>) => {
        for (let old = 0; !dead && old < log.size();) {
          const size = Math.max(old, 3) + 1;
          const answer = await offer(log, address, old, size).catch(() => undefined);
          if (answer?.kind === 'cosigned') {
            expectCosignedBy(vkey, log.headAt(size).note, answer.signatures);
            cosigned.set(size, (cosigned.get(size) ?? new Set()).add(toHex(log.headAt(size).root)));
            count.given += 1;
            if (count.given >= until) enough.resolve();
          }
          if (answer === undefined) count.cut += 1;
          if (answer?.kind === 'fork') return void (count.forks += 1);
          old = answer?.kind === 'cosigned' ? size : answer?.kind === 'other-size' ? answer.size : old;
        }
      };
      const pressing = Promise.all(
        logs.slice(0, (life + 1) * newLogs).flatMap(({ histories, cosigned }) =>
          // Whichever comes first would win if the witness had forgotten.
          (life % 2 === 0 ? histories : histories.toReversed()).map((log) => press(log, cosigned)),
        ),
      );
      await Promise.race([enough.promise, pressing]);
      await end('SIGKILL');
      dead = true;
      await pressing;
    }

    expect(count.given).toBeGreaterThanOrEqual(lives * newLogs);
    expect(count.forks).toBeGreaterThan(0);
    expect(count.cut).toBeGreaterThan(0);
    for (const { histories, cosigned } of logs) {
      const told = [...cosigned].flatMap(([size, roots]) =>
        [...roots].map((root) => histories.findIndex((log) => toHex(log.headAt(size).root) === root)),
      );
      expect(new Set(told).size).toBeLessThanOrEqual(1);
    }
  }, 60_000);

  it('does not start over a memory that is damaged', async () => {
    const log = witnessedLog(origin, logKey);
    log.grow('a', 'b', 'c');
    const first = await start();
    expect((await offer(log, first.witnesses[0]!.address, 0, 2)).kind).toBe('cosigned');
    await first.end('SIGTERM');
    const own = path.join(folder, names[0]!, originHash(suite.sha256, origin));
    const [record = ''] = await readdir(own);
    await writeFile(path.join(own, record), '');
    const second = await start();
    expect(await offer(log, second.witnesses[0]!.address, 0, 3)).toEqual({ kind: 'failed', status: 500 });
    expect(second.said()).toContain('is damaged');
  });

  it('refuses a log’s key for its own, and a configuration that is wrong', async () => {
    const own = ed25519Signer(readFileSync(path.join(folder, 'archive.pem'), 'utf8')).publicKey;
    const log = formatVKey({ ...makeVKey(suite.sha256, origin, 'ed25519', own), type: 'ed25519' });
    const witness = { name: 'archive.example', keyFile: 'archive.pem', folder: 'archive', logs: [log] };
    await configure({ listen: { host: '127.0.0.1', port: 0 }, witnesses: [witness] });
    await expect(start()).rejects.toThrow(/must not be a log's/);
    await configure({ listen: { host: '127.0.0.1', port: -1 } });
    await expect(start()).rejects.toThrow(/listen\.port/);
    await configure({ listen: { host: '127.0.0.1', port: 0 } });
    await rm(path.join(folder, 'archive.pem'));
    await expect(start()).rejects.toThrow(/archive\.pem/);
    expect(existsSync(path.join(folder, 'archive'))).toBe(false);
  });
});
