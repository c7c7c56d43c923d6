import { beforeEach, describe, expect, it } from '@jest/globals';
import { memoryWitnessStore } from '@liandong/adapters/memory';
import { fromUtf8, toHex, utf8 } from '@liandong/kernel';
import {
  formatAddCheckpoint,
  formatCheckpoint,
  formatNote,
  nodesInTiles,
  openHead,
  parseSplitView,
  proveConsistency,
  signNote,
  verifySplitView,
} from '@liandong/ledger';
import {
  newKey,
  settled,
  simulatedTime,
  suite,
  type WitnessedLog,
  witnessedLog,
} from '@liandong/testing/witnessed-log';
import type { WitnessStore } from '../ports/witness-store.ts';
import { splitViewSeen } from './split-view-seen.ts';
import { originHash } from './origin-hash.ts';
import { type Sighting, witness } from './witness.ts';

const origin = 'test.example/431021/1';
const logKey = newKey(origin, 'ed25519');
const own = newKey('archive.example/witness', 'cosignature');
const hashOf = originHash(suite.sha256, origin);
const { clock, advance } = simulatedTime();

const witnessOver = (store: WitnessStore, seen: Sighting[] = []) =>
  witness({
    ...{ suite, store, clock, key: own.vkey, sign: own.sign },
    logKeysOf: (name) => (name === origin ? [logKey.vkey] : []),
    report: (sighting) => seen.push(sighting),
  });

const bodyFor = async (log: WitnessedLog, old: number, size: number): Promise<Uint8Array> => {
  const nodes = nodesInTiles(suite.sha256, log.book.tile, size);
  const proof = (await proveConsistency(suite.sha256, nodes, Math.min(old, size), size)) ?? [];
  return formatAddCheckpoint({ old, proof, note: log.headAt(size).note });
};

let log: WitnessedLog;
let seen: Sighting[];
let asked: ReturnType<typeof witness>;
beforeEach(() => {
  log = witnessedLog(origin, logKey);
  log.grow(...'abcdefghijk');
  seen = [];
  asked = witnessOver(memoryWitnessStore(), seen);
});

const offer = async (from: WitnessedLog, old: number, size: number) =>
  asked.addCheckpoint(await bodyFor(from, old, size));

describe('a witness', () => {
  it('cosigns a log’s first head, a larger one that continues it, and the same again at a later time', async () => {
    expect((await offer(log, 0, 3)).status).toBe(200);
    expect((await offer(log, 3, 7)).status).toBe(200);
    await advance(61_000);
    const again = await offer(log, 7, 7);
    const note = Buffer.concat([log.headAt(7).note, utf8(again.body)]);
    const head = openHead(suite, note, [logKey.vkey, own.vkey]);
    expect(head.ok && head.value.verified.map(({ key, time }) => [key.name, time])).toEqual([
      [origin, undefined],
      ['archive.example/witness', clock.now().getTime() / 1000],
    ]);
  });

  it('shows the largest head it cosigned to whoever asks', async () => {
    expect((await asked.checkpoint(hashOf)).status).toBe(404);
    await offer(log, 0, 3);
    const { body } = await offer(log, 3, 7);
    expect(await asked.checkpoint(hashOf)).toEqual({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: fromUtf8(log.headAt(7).note) + body,
    });
    expect((await asked.checkpoint(originHash(suite.sha256, 'other.example/log'))).status).toBe(404);
  });

  it('says from which size to go on when it is offered a proof from another', async () => {
    await offer(log, 0, 5);
    expect(await offer(log, 3, 7)).toEqual({ status: 409, contentType: 'text/x.tlog.size', body: '5\n' });
  });

  it('refuses what the formats say, and keeps nothing of it', async () => {
    const body = fromUtf8(await bodyFor(log, 0, 5));
    expect((await asked.addCheckpoint(utf8(body.replace('old 0', 'old 00')))).status).toBe(400);
    expect(await asked.addCheckpoint(utf8('')).then(({ status }) => status)).toBe(400);
    expect((await asked.addCheckpoint(utf8(body.replaceAll(origin, 'test.example/other/1')))).status).toBe(
      404,
    );
    expect((await offer(log, 9, 5)).status).toBe(400);
    expect((await asked.checkpoint(hashOf)).status).toBe(404);
  });

  it('takes no key for the log’s but the log’s: not a stranger’s, another log’s, or a witness’s', async () => {
    const text = formatCheckpoint({ origin, size: 5, root: log.headAt(5).root });
    const stranger = newKey(origin, 'ed25519');
    const neighbour = newKey('test.example/431000/1', 'ed25519');
    const cosigner = newKey(origin, 'cosignature');
    const forgeries = [
      signNote(stranger.vkey, stranger.sign, text),
      signNote(neighbour.vkey, neighbour.sign, text),
      { ...signNote(logKey.vkey, logKey.sign, text), signature: stranger.sign(utf8(text)) },
      { name: origin, keyId: cosigner.vkey.keyId, signature: cosigner.sign(utf8(text)) },
    ];
    for (const signature of forgeries) {
      const note = formatNote({ text, signatures: [signature] });
      const body = formatAddCheckpoint({ old: 0, proof: [], note });
      expect((await asked.addCheckpoint(body)).status).toBe(403);
    }
    const believing = witness({
      ...{ suite, clock, store: memoryWitnessStore(), key: own.vkey, sign: own.sign },
      logKeysOf: () => [cosigner.vkey],
      report: () => {},
    });
    const note = formatNote({ text, signatures: [forgeries[3]!] });
    expect((await believing.addCheckpoint(formatAddCheckpoint({ old: 0, proof: [], note }))).status).toBe(
      404,
    );
  });
});

describe('a log that shows a witness two histories', () => {
  const evidenceIn = ({ evidence }: Sighting) => {
    const split = parseSplitView(evidence!);
    return split.ok && verifySplitView(suite, split.value, [logKey.vkey]);
  };

  it('of one size is refused, proven guilty, and frozen at the head that was cosigned', async () => {
    await offer(log, 0, 7);
    const forked = log.fork(6);
    forked.grow('another');
    expect((await offer(forked, 7, 7)).status).toBe(422);
    expect(seen).toMatchObject([{ kind: 'split-view', origin }]);
    expect(evidenceIn(seen[0]!)).toMatchObject({ ok: true });
    expect((await asked.splitView(hashOf)).body).toBe(fromUtf8(seen[0]!.evidence!));

    expect((await offer(log, 7, 11)).status).toBe(422);
    expect((await offer(log, 7, 7)).status).toBe(422);
    expect((await asked.checkpoint(hashOf)).body).toContain(`${origin}\n7\n`);
    expect(seen).toHaveLength(1);
  });

  it('of different sizes is proven guilty by its own proof', async () => {
    await offer(log, 0, 7);
    const forked = log.fork(6);
    forked.grow('x', 'y', 'z');
    expect((await offer(forked, 7, 9)).status).toBe(422);
    expect(seen).toMatchObject([{ kind: 'split-view' }]);
    expect(evidenceIn(seen[0]!)).toMatchObject({ ok: true });
  });

  it('is recorded with both heads and the hash of the evidence, if there is any', async () => {
    await offer(log, 0, 7);
    const forked = log.fork(6);
    forked.grow('x', 'y', 'z');
    await offer(forked, 7, 9);
    const { evidence } = seen[0]!;
    const where = { frozenAt: 7, seenBy: 'archive.example/witness' };
    expect(splitViewSeen(suite, [logKey.vkey], evidence!, where)).toEqual({
      type: 'liandong.ledger.splitView.v1',
      data: {
        smaller: { origin, size: 7, root: toHex(log.headAt(7).root) },
        larger: { origin, size: 9, root: toHex(forked.headAt(9).root) },
        evidence: toHex(suite.sha256(evidence!)),
        ...where,
      },
    });
    const stranger = newKey(origin, 'ed25519').vkey;
    expect(splitViewSeen(suite, [stranger], evidence!, where)).toBeUndefined();
    expect(splitViewSeen(suite, [logKey.vkey], evidence!.subarray(1), where)).toBeUndefined();
  });

  it('is not taken for guilty where somebody else sends its head with a proof that proves nothing', async () => {
    await offer(log, 0, 7);
    const junk = formatAddCheckpoint({
      old: 7,
      proof: [new Uint8Array(32), new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)],
      note: log.headAt(11).note,
    });
    expect((await asked.addCheckpoint(junk)).status).toBe(422);
    expect(seen).toMatchObject([{ kind: 'suspicion' }]);
    expect((await offer(log, 7, 11)).status).toBe(200);
  });

  it('gets one of two cosigned, however close together they come', async () => {
    await offer(log, 0, 6);
    const forked = log.fork(6);
    forked.grow('x', 'y');
    const answers = await Promise.all([offer(log, 6, 8), offer(forked, 6, 8)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe('a witness whose memory fails', () => {
  it('answers nothing before it has kept what it says', async () => {
    const memory = memoryWitnessStore();
    const kept = Promise.withResolvers<void>();
    const slow = witnessOver({
      ...memory,
      update: async (name, look) => {
        const outcome = await memory.update(name, look);
        await kept.promise;
        return outcome;
      },
    });
    let answered = false;
    const answer = slow.addCheckpoint(await bodyFor(log, 0, 5)).then((given) => {
      answered = true;
      return given;
    });
    await settled();
    expect(answered).toBe(false);
    kept.resolve();
    expect((await answer).status).toBe(200);
  });

  it.each([
    ['before it was kept', false],
    ['after it was kept', true],
  ])('%s lets no signature out, and never cosigns two histories', async (_, persisted) => {
    const memory = memoryWitnessStore();
    await witnessOver(memory).addCheckpoint(await bodyFor(log, 0, 6));
    const crashing = witnessOver({
      ...memory,
      update: async (name, look) => {
        if (persisted) await memory.update(name, look);
        else look(await memory.read(name));
        throw new Error('power failed');
      },
    });
    await expect(crashing.addCheckpoint(await bodyFor(log, 6, 8))).rejects.toThrow('power failed');

    const restarted = witnessOver(memory);
    const forked = log.fork(6);
    forked.grow('x', 'y');
    const other = await restarted.addCheckpoint(await bodyFor(forked, 6, 8));
    expect(other.status).toBe(persisted ? 409 : 200);
    const honest = await restarted.addCheckpoint(await bodyFor(log, persisted ? 8 : 6, 8));
    expect(honest.status).toBe(persisted ? 200 : 409);
  });

  it('does not take a record it cannot read for no record', async () => {
    const memory = memoryWitnessStore();
    await memory.update(hashOf, () => ({ keep: { note: utf8('rubbish\n') }, outcome: 0 }));
    await expect(witnessOver(memory).addCheckpoint(await bodyFor(log, 0, 5))).rejects.toThrow(/record/);
  });
});
