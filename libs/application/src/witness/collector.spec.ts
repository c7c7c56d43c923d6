import { beforeEach, describe, expect, it } from '@jest/globals';
import { memorySplitViews, memoryWitnessStore } from '@liandong/adapters/memory';
import {
  formatSignature,
  type HttpAnswer,
  openByPolicy,
  parseSplitView,
  type Policy,
  readSubmission,
  verifySplitView,
} from '@liandong/ledger';
import {
  clientTo,
  deadClient,
  newKey,
  settled,
  simulatedTime,
  suite,
  type WitnessedLog,
  witnessedLog,
} from '@liandong/testing/witnessed-log';
import type { WitnessClient } from '../ports/witness-client.ts';
import type { AnchorAlarm } from './alarm.ts';
import type { Witnessing } from './check-policy.ts';
import type { CollectorDeps } from './collecting.ts';
import { type Collector, collector } from './collector.ts';
import { originHash } from './origin-hash.ts';
import { quorumTime } from './quorum-time.ts';
import { type Witness, witness } from './witness.ts';

const origin = 'test.example/431021/1';
const names = ['city', 'audit', 'archive', 'authority', 'township'] as const;
type Name = (typeof names)[number];
const keys = Object.fromEntries(
  names.map((name) => [name, newKey(`${name}.example/witness`, 'cosignature')]),
) as Record<Name, ReturnType<typeof newKey<'cosignature'>>>;
const witnesses = names.map((name): Witnessing => ({
  kind: 'witness',
  name,
  key: keys[name].vkey,
  url: `http://${name}.example`,
}));
const logKey = newKey(origin, 'ed25519');
const policy: Policy = {
  logs: [{ key: logKey.vkey }],
  witnesses,
  quorum: { kind: 'group', name: 'three', threshold: 3, members: witnesses.slice(0, 4) },
};

let time: ReturnType<typeof simulatedTime>;
let log: WitnessedLog;
let asked: Record<Name, Witness>;
let clients: Record<Name, WitnessClient>;
let alarms: AnchorAlarm[];
let splitViews: ReturnType<typeof memorySplitViews>;
let running: AbortController;

beforeEach(() => {
  time = simulatedTime();
  log = witnessedLog(origin, logKey);
  asked = Object.fromEntries(names.map((name) => [name, newWitness(name)])) as Record<Name, Witness>;
  clients = Object.fromEntries(names.map((name) => [name, clientTo(asked[name])])) as Record<
    Name,
    WitnessClient
  >;
  alarms = [];
  splitViews = memorySplitViews();
});

const newWitness = (name: Name): Witness =>
  witness({
    ...{ suite, clock: time.clock, store: memoryWitnessStore() },
    ...{ key: keys[name].vkey, sign: keys[name].sign },
    logKeysOf: (asking) => (asking === origin ? [logKey.vkey] : []),
    report: () => {},
  });

const start = async (over: Partial<CollectorDeps> = {}): Promise<Collector> => {
  running = new AbortController();
  const collecting = collector({
    ...{ suite, origin, policy, splitViews, book: log.book, clock: time.clock, wait: time.wait },
    clientFor: ({ name }) => clients[name as Name],
    report: (alarm) => alarms.push(alarm),
    ...over,
  });
  collecting.run(running.signal).catch((error: unknown) => {
    throw error;
  });
  await settled();
  return collecting;
};

const grow = async (collecting: Collector, ...entries: readonly string[]) => {
  const head = log.grow(...entries);
  collecting.headSigned();
  await settled();
  return head;
};

const opened = () => {
  const head = openByPolicy(suite, log.anchored()!.note, policy);
  if (!head.ok) throw new Error(head.refusal.code);
  return head.value;
};
const cosigners = () =>
  opened()
    .verified.map(({ key }) => key.name.replace('.example/witness', ''))
    .filter((name) => name !== origin)
    .toSorted();

const answering = (answer: HttpAnswer): WitnessClient & { asked: () => number } => {
  let count = 0;
  return {
    addCheckpoint: async () => (count++, answer),
    checkpoint: async () => undefined,
    asked: () => count,
  };
};

describe('a ledger’s head', () => {
  it('is anchored once the quorum has cosigned it, and bears the lines of all who did', async () => {
    const collecting = await start();
    expect(collecting.status().state).toBe('nothing-signed');
    await grow(collecting, 'a', 'b', 'c');
    expect(log.anchored()).toMatchObject({ size: 3, at: '2026-03-02T01:00:00.000Z' });
    expect(cosigners()).toEqual([...names].toSorted());
    await grow(collecting, 'd');
    expect(log.anchored()?.size).toBe(4);
    expect(collecting.status()).toMatchObject({ state: 'anchored', target: 4, anchored: { size: 4 } });
    expect(alarms).toEqual([]);
  });

  it('does not wait for a witness that never answers', async () => {
    clients.archive = deadClient;
    const collecting = await start();
    for (let n = 0; n < 20; n++) await grow(collecting, `entry ${n}`);
    expect(log.anchored()?.size).toBe(20);
    expect(cosigners()).toEqual(['audit', 'authority', 'city', 'township']);
  });

  it('stays before slow witnesses until it has its quorum, however fast the ledger grows', async () => {
    const waiting: (() => void)[] = [];
    clients.authority = deadClient;
    for (const name of ['city', 'audit', 'archive'] as const) {
      const { addCheckpoint } = clients[name];
      clients[name].addCheckpoint = async (...asking) => {
        await new Promise<void>((open) => waiting.push(open));
        return addCheckpoint(...asking);
      };
    }
    const collecting = await start();
    await grow(collecting, 'entry 1');
    for (let n = 2; n <= 4; n++) {
      waiting.shift()?.();
      await settled();
      await grow(collecting, `entry ${n}`);
    }
    expect(log.anchored()?.size).toBe(1);
    expect(collecting.status().target).toBeGreaterThan(1);
  });

  it('is not anchored by witnesses that do not count', async () => {
    clients.archive = clients.authority = deadClient;
    const collecting = await start();
    await grow(collecting, 'a');
    expect(log.anchored()).toBeUndefined();
    expect(collecting.status()).toMatchObject({ state: 'waiting', target: 1, anchored: undefined });
  });

  it('is proven from whatever size a witness holds', async () => {
    const early = witnessedLog(origin, logKey);
    early.grow('a', 'b', 'c', 'd', 'e');
    for (const [n, name] of names.entries()) {
      const client = clientTo(asked[name]);
      const alone = { ...policy, witnesses: [witnesses[n]!], quorum: witnesses[n]! };
      log = early.fork(0);
      for (const entry of 'abcde'.slice(0, n + 1)) log.grow(entry);
      await start({ policy: alone, clientFor: () => client });
      running.abort();
    }
    const collecting = await start();
    await grow(collecting, 'f', 'g');
    expect(log.anchored()?.size).toBe(7);
    expect(cosigners()).toHaveLength(5);
  });

  it('is shown to witnesses again each minute while nothing happens', async () => {
    const collecting = await start();
    await grow(collecting, 'a');
    const first = quorumTime(policy, opened())!;
    await time.advance(240_000);
    expect(quorumTime(policy, opened())! - first).toBeGreaterThanOrEqual(180);
    expect(log.anchored()?.at).toBe('2026-03-02T01:00:00.000Z');
    expect(alarms).toEqual([]);
  });

  it('is kept though the book fails twice', async () => {
    let failures = 2;
    const book = {
      ...log.book,
      anchor: async (head: Parameters<typeof log.book.anchor>[0]) => {
        if (failures-- > 0) throw new Error('no database');
        await log.book.anchor(head);
      },
    };
    const collecting = await start({ book });
    await grow(collecting, 'a');
    expect(log.anchored()).toBeUndefined();
    await time.advance(2_000);
    expect(log.anchored()?.size).toBe(1);
    expect(alarms).toEqual([{ kind: 'book-failed', reason: 'no database' }]);
  });
});

describe('people hear', () => {
  it('when no quorum is to be had, once, and when it is there again', async () => {
    const mended = { ...clients };
    let cut = true;
    for (const name of ['city', 'audit'] as const)
      clients[name] = {
        ...mended[name],
        addCheckpoint: (...asking) =>
          cut ? Promise.reject(new Error('cut off')) : mended[name].addCheckpoint(...asking),
      };
    const collecting = await start();
    await grow(collecting, 'a');
    await time.advance(60_000);
    const since = '2026-03-02T01:00:00.000Z';
    expect(alarms).toEqual([
      { kind: 'witness-unreachable', witness: 'city', reason: 'cut off' },
      { kind: 'witness-unreachable', witness: 'audit', reason: 'cut off' },
      { kind: 'quorum-unreachable', size: 1, since },
    ]);
    cut = false;
    await time.advance(31_000);
    expect(log.anchored()?.size).toBe(1);
    expect(alarms.slice(3)).toEqual([{ kind: 'quorum-reached', size: 1 }]);
    expect(collecting.status().witnesses.map(({ trouble }) => trouble)).toEqual(Array(5).fill(undefined));
  });

  it('when the newest head that has a quorum is older than three minutes', async () => {
    const collecting = await start();
    await grow(collecting, 'a');
    for (const name of names) clients[name].addCheckpoint = () => Promise.reject(new Error('cut off'));
    await time.advance(175_000);
    expect(alarms.map(({ kind }) => kind)).not.toContain('checkpoint-stale');
    await time.advance(20_000);
    expect(alarms).toContainEqual({ kind: 'checkpoint-stale', size: 1, seconds: 185 });
  });

  it('but of no age, and of no silence, when only the clock was set ahead', async () => {
    const collecting = await start();
    await grow(collecting, 'a');
    await time.advance(1_000);
    time.jump(10 * 86_400_000);
    await time.advance(300_000);
    expect(alarms).toEqual([]);

    for (const name of names) clients[name].addCheckpoint = () => Promise.reject(new Error('cut off'));
    await grow(collecting, 'b');
    time.jump(86_400_000);
    await time.advance(9_000);
    expect(alarms.map(({ kind }) => kind)).not.toContain('quorum-unreachable');
    await time.advance(10_000);
    expect(alarms.map(({ kind }) => kind)).toContain('quorum-unreachable');
  });

  it('when a witness’s cosignature is not good, and it stands under nothing', async () => {
    const { name, keyId } = keys.city.vkey;
    const forged = formatSignature({ name, keyId, signature: new Uint8Array(72).fill(7) });
    clients.city = answering({ status: 200, body: forged });
    const collecting = await start();
    await grow(collecting, 'a');
    expect(alarms).toEqual([{ kind: 'witness-refuses', witness: 'city', reason: 'bad-cosignature' }]);
    expect(cosigners()).toEqual(['archive', 'audit', 'authority', 'township']);
  });

  it.each([
    ['unknown-log', 404],
    ['not-trusted', 403],
  ])('when a witness refuses: %s', async (reason, status) => {
    clients.audit = answering({ status, body: '' });
    const collecting = await start();
    await grow(collecting, 'a');
    await time.advance(60_000);
    expect(alarms).toEqual([{ kind: 'witness-refuses', witness: 'audit', reason }]);
    expect(log.anchored()?.size).toBe(1);
  });

  it.each([
    ['422', { status: 422, body: 'no\n' }],
    ['409 without a size', { status: 409, body: '' }],
  ])('when a witness speaks of a fork by %s, and it is not asked again', async (_, answer) => {
    const claiming = answering(answer);
    clients.audit = claiming;
    const collecting = await start();
    await grow(collecting, 'a');
    await grow(collecting, 'b');
    await time.advance(120_000);
    expect(alarms).toEqual([{ kind: 'fork-claimed', witness: 'audit', size: 1 }]);
    expect(claiming.asked()).toBe(1);
    expect(log.anchored()?.size).toBe(2);
  });

  it('when a witness knows more of the log than its book: a restored backup', async () => {
    log.grow('a', 'b', 'c', 'd', 'e');
    const before = log;
    await start();
    running.abort();
    log = before.fork(3);
    log.grow();
    await start();
    await time.advance(60_000);
    expect(alarms).toEqual([
      { kind: 'behind', witness: 'city', size: 5, held: 3 },
      { kind: 'quorum-unreachable', size: 3, since: '2026-03-02T01:00:00.000Z' },
    ]);
    expect(log.anchored()).toBeUndefined();
  });

  it('when a witness claims more than there is and shows nothing for it, and the others go on', async () => {
    clients.audit = answering({ status: 409, contentType: 'text/x.tlog.size', body: '9007199254740991\n' });
    const collecting = await start();
    await grow(collecting, 'a');
    clients.city.addCheckpoint = answering({ status: 500, body: '' }).addCheckpoint;
    // While a head waits, a larger one is not set before the others for a claim's sake.
    await grow(collecting, 'b');
    await grow(collecting, 'c');
    expect(collecting.status().target).toBe(2);
    expect(alarms).toContainEqual({ kind: 'size-claimed', witness: 'audit', size: 9007199254740991 });
    expect(alarms.map(({ kind }) => kind)).not.toContain('behind');
    expect(log.anchored()?.size).toBe(1);
  });

  it('when a witness has forgotten what it cosigned', async () => {
    const collecting = await start();
    await grow(collecting, 'a', 'b');
    clients.city.addCheckpoint = clientTo(newWitness('city')).addCheckpoint;
    await grow(collecting, 'c');
    expect(alarms).toEqual([{ kind: 'witness-forgot', witness: 'city', size: 0, cosigned: 2 }]);
  });
});

describe('a log whose key signed two histories', () => {
  const forkAt = async (name: Name) => {
    log.grow('a', 'b', 'c', 'd');
    const thief = log.fork(2);
    thief.grow('x');
    const n = names.indexOf(name);
    const alone = { ...policy, witnesses: [witnesses[n]!], quorum: witnesses[n]! };
    await start({ policy: alone, book: thief.book, clientFor: () => clients[name] });
    running.abort();
  };

  it('is frozen with evidence that anyone can check, and stays so over a restart', async () => {
    await forkAt('audit');
    const collecting = await start();
    expect(alarms).toMatchObject([{ kind: 'split-view', witness: 'audit' }]);
    const evidence = await splitViews.find(originHash(suite.sha256, origin));
    const split = parseSplitView(evidence!);
    expect(split.ok && verifySplitView(suite, split.value, [logKey.vkey])).toMatchObject({
      ok: true,
      value: { smaller: { checkpoint: { size: 3 } }, larger: { checkpoint: { size: 4 } } },
    });
    expect(collecting.status().state).toBe('frozen');
    running.abort();

    const counted = answering({ status: 500, body: '' });
    const restarted = await start({ clientFor: () => counted });
    await grow(restarted, 'e');
    await time.advance(60_000);
    expect(counted.asked()).toBe(0);
    expect(restarted.status().state).toBe('frozen');
    expect(alarms).toHaveLength(2);
  });

  it('is not frozen by a head that somebody else signed', async () => {
    const forged = witnessedLog(origin);
    forged.grow('x', 'y');
    clients.audit = {
      addCheckpoint: async () => ({ status: 422, body: 'fork\n' }),
      checkpoint: async () => forged.headAt(2).note,
    };
    const collecting = await start();
    await grow(collecting, 'a', 'b', 'c');
    expect(alarms).toEqual([{ kind: 'fork-claimed', witness: 'audit', size: 3 }]);
    expect(log.anchored()?.size).toBe(3);
  });
});

describe('the submissions', () => {
  it('begin with the size the witness holds and prove the way from there', async () => {
    const seen: { old: number; hashes: number }[] = [];
    const honest = clients.city;
    clients.city = {
      ...honest,
      addCheckpoint: (body, signal) => {
        const read = readSubmission(body);
        if ('old' in read) seen.push({ old: read.old, hashes: read.proof.length });
        return honest.addCheckpoint(body, signal);
      },
    };
    const collecting = await start();
    await grow(collecting, 'a', 'b', 'c');
    await grow(collecting, 'd', 'e');
    expect(seen).toEqual([
      { old: 0, hashes: 0 },
      { old: 3, hashes: 4 },
    ]);
  });
});
