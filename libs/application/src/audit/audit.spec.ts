import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPrivateKey, sealer, serviceKey } from '@liandong/adapters/crypto';
import { checkSchema, decodeCaseFact, decodeLedgerFact } from '@liandong/contracts';
import {
  decodeEvent,
  type Envelope,
  eventBytes,
  eventHash,
  fromUtf8,
  type StreamName,
  utf8,
} from '@liandong/kernel';
import { encodeBundle } from '@liandong/ledger';
import {
  type AuditedTier,
  auditedTier,
  folderOf,
  type Leaf,
  leavesIn,
  linesIn,
  rewritten,
  suite,
} from '../../test/audited-network.ts';
import {
  city,
  county,
  deliver,
  foundTier,
  must,
  opened,
  openingOf,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { encodeIndex, encodeKeys, shardPath } from './folder.ts';
import { exportLedger } from './export-ledger.ts';
import { verifyExports, type VerifyingExports } from './verify-exports.ts';

type Files = Map<string, Uint8Array>;

const early = '2026-03-02T02:00:05.000Z';
const late = '2026-03-12T02:00:05.000Z';
const clock = testClock();
let tiers: readonly [AuditedTier, AuditedTier, AuditedTier];
let exported: readonly [Files, Files, Files];
let caseId: StreamName;
const names = ['city', 'county', 'township'] as const;

const deps: VerifyingExports = {
  suite,
  checkSchema,
  ledgerFactOf: decodeLedgerFact,
  factOf: decodeCaseFact,
  toleranceMs: 60_000,
};

/** Verifies exports of which some are replaced. */
const verify = (changed: Partial<Record<(typeof names)[number], Files>> = {}, of = names.length) =>
  verifyExports(
    deps,
    names.slice(0, of).map((name, n) => folderOf(name, changed[name] ?? exported[n]!)),
  );
const alone = (files: Files) => verifyExports(deps, [folderOf('county', files)]);

beforeAll(async () => {
  tiers = [
    await auditedTier(city, clock),
    await auditedTier(county, clock),
    await auditedTier(township, clock),
  ];
  const [atCity, atCounty] = tiers;
  const spread = async () => {
    for (let n = 0; n < 2; n++)
      for (const from of tiers) for (const to of tiers) if (from !== to) await deliver(from, to);
  };
  for (const tier of tiers) await foundTier(tier);
  await spread();
  for (const tier of tiers) await tier.anchor(early);
  clock.advance(10);
  caseId = await opened(atCounty, 'audited');
  const clerk = staff(county, 'windowClerk', '02');
  const act = async (key: string, type: 'preAccept' | 'accept') =>
    must(await atCounty.desk.execute({ ...clerk, caseId, idempotencyKey: key, command: { type } as never }));
  await act('a1', 'preAccept');
  await spread();
  const lead = staff(city, 'leadCoordinator', '03');
  must(
    await atCity.desk.execute({
      ...{ ...lead, caseId, idempotencyKey: 'a2' },
      command: { type: 'accept', materialsComplete: true } as never,
    }),
  );
  await spread();
  for (const tier of tiers) await tier.anchor(late);
  exported = [await tiers[0].export(), await tiers[1].export(), await tiers[2].export()];
}, 60_000);

/** The leaves of the case in the county's ledger. */
const caseLeaves = () => linesIn(exported[1]).find(({ stream }) => stream === caseId)?.own ?? [];

const changed = (leaf: Leaf, change: Partial<Envelope>): Leaf => {
  const bytes = eventBytes({ ...decodeEvent(leaf.bytes), ...change });
  return { bytes, seal: tiers[1].sealWith([eventHash(suite.sha256, bytes)]) };
};
const bundle = (files: Files) => [...files.keys()].find((path) => path.startsWith('tile/entries/'))!;
const copy = (files: Files): Files => new Map(files);
const flipped = (files: Files, path: string, byte: number): Files =>
  copy(files).set(
    path,
    files.get(path)!.map((old, n) => (n === byte ? old ^ 1 : old)),
  );

describe('the exports of three tiers', () => {
  it('stand alone, and agree with each other about every event, register and digest', async () => {
    const report = await verify();
    expect(report.exports.map(({ faults }) => faults)).toEqual([[], [], []]);
    expect(report.between).toMatchObject({ registers: 3, unproven: 0, later: 0, faults: [] });
    expect(report.ok).toBe(true);
    expect(report.exports.map(({ witnesses }) => witnesses.length)).toEqual([3, 3, 3]);
    expect(report.exports[1]).toMatchObject({
      origin: 'test.example/431021/1',
      size: leavesIn(exported[1]).length,
      checked: leavesIn(exported[1]).length,
    });
  });

  it('leave open what only another tier could prove, and say how much', async () => {
    const report = await alone(exported[1]);
    expect(report.ok).toBe(true);
    expect(report.between.registers).toBe(0);
    expect(report.between.unproven).toBeGreaterThan(0);
  });

  it('do not blame an export for what was recorded after it', async () => {
    clock.advance(1);
    const stream = await opened(tiers[1], 'afterwards');
    for (const to of [tiers[0], tiers[2]]) await deliver(tiers[1], to);
    const lead = staff(county, 'windowClerk', '02');
    must(
      await tiers[1].desk.execute({
        ...{ ...lead, caseId: stream, idempotencyKey: 'b1' },
        command: { type: 'preAccept' } as never,
      }),
    );
    must(
      await tiers[0].desk.execute({
        ...{ ...staff(city, 'windowClerk', '02'), idempotencyKey: 'b2' },
        command: openingOf(['application-form']),
      }),
    );
    await tiers[0].anchor('2026-03-14T02:00:05.000Z');
    const report = await verify({ city: await tiers[0].export() });
    expect(report.between.faults).toEqual([]);
    expect(report.between.later).toBe(1);
    expect(report.ok).toBe(true);
  });

  it('of no ledger at all are not fine', async () => {
    expect((await verifyExports(deps, [])).ok).toBe(false);
  });
});

describe('an export', () => {
  it('is refused before a quorum has cosigned anything', async () => {
    const fresh = await auditedTier(county, testClock());
    await foundTier(fresh);
    await expect(fresh.export()).rejects.toThrow('nothing-anchored');
  });

  it('names the sealed event that its store has lost', async () => {
    const { store, book, policy, keys } = tiers[1];
    const gone = (await book.entries(3, 4))[0]!;
    const done = await exportLedger({
      ...{ self: { network: 'test.example', tier: county, epoch: 1 }, book, policy, keys },
      ...{ sha256: suite.sha256, factOf: decodeCaseFact, writeFile: async () => undefined },
      store: {
        ...store,
        readAll: async (...asked) =>
          (await store.readAll(...asked)).filter(({ position }) => position !== gone.position),
      },
    });
    expect(done).toEqual({ ok: false, refusal: { code: 'sealed-event-gone', seq: 3 } });
  });

  it('writes no checkpoint if it is cut short', async () => {
    const written: string[] = [];
    const { store, book, policy, keys } = tiers[1];
    await expect(
      exportLedger({
        ...{ self: { network: 'test.example', tier: county, epoch: 1 }, store, book, policy, keys },
        ...{ sha256: suite.sha256, factOf: decodeCaseFact },
        writeFile: async (path) => {
          if (path.startsWith('case-index/')) throw new Error('disk full');
          written.push(path);
        },
      }),
    ).rejects.toThrow('disk full');
    expect(written).not.toContain('checkpoint');
  });
});

describe('whoever can write the files, and holds no key, is caught with', () => {
  const placed = async (files: Files) => {
    const report = await alone(files);
    expect(report.ok).toBe(false);
    return report.exports[0]!.faults[0];
  };

  it('a flipped entry', async () => {
    const path = bundle(exported[1]);
    expect(await placed(flipped(exported[1], path, 20))).toMatchObject({
      code: 'entry-altered',
      path,
      seq: 0,
    });
  });

  it('a flipped tile', async () => {
    const path = [...exported[1].keys()].find((name) => name.startsWith('tile/0/'))!;
    expect(await placed(flipped(exported[1], path, 33))).toEqual({ code: 'tile-altered', path, hash: 1 });
  });

  it.each(['checkpoint', 'policy', 'keys'])('a missing %s', async (path) => {
    const files = copy(exported[1]);
    files.delete(path);
    expect(await placed(files)).toMatchObject({ path });
  });

  it('a missing bundle, or seals', async () => {
    for (const path of [
      bundle(exported[1]),
      [...exported[1].keys()].find((name) => name.startsWith('seals/'))!,
    ]) {
      const files = copy(exported[1]);
      files.delete(path);
      expect(await placed(files)).toEqual({ code: 'file-missing', path });
    }
  });

  it('an edited checkpoint', async () => {
    const text = fromUtf8(exported[1].get('checkpoint')!);
    const size = leavesIn(exported[1]).length;
    const files = copy(exported[1]).set('checkpoint', utf8(text.replace(`\n${size}\n`, `\n${size - 1}\n`)));
    expect(await placed(files)).toMatchObject({ code: 'checkpoint-refused', path: 'checkpoint' });
  });

  it('one cosignature too few', async () => {
    const lines = fromUtf8(exported[1].get('checkpoint')!).trimEnd().split('\n');
    const files = copy(exported[1]).set('checkpoint', utf8(`${lines.slice(0, -1).join('\n')}\n`));
    expect(await placed(files)).toMatchObject({ refusal: { code: 'quorum-not-reached' } });
  });

  it('swapped entries of a bundle', async () => {
    const path = bundle(exported[1]);
    const entries = leavesIn(exported[1])
      .slice(0, 256)
      .map(({ bytes }) => bytes);
    [entries[1], entries[2]] = [entries[2]!, entries[1]!];
    const files = copy(exported[1]).set(path, encodeBundle(entries));
    expect(await placed(files)).toMatchObject({ code: 'entry-altered', path, seq: 1 });
  });

  it('a truncated tail', async () => {
    const path = [...exported[1].keys()].findLast((name) => name.startsWith('tile/entries/'))!;
    const size = leavesIn(exported[1]).length;
    const files = copy(exported[1]).set(path, exported[1].get(path)!.slice(0, -5));
    expect(await placed(files)).toMatchObject({ code: 'bundle-malformed', path, seq: size - 1 });
  });

  it('entries and hashes made anew together: which event is gone is named although nothing more is signed', async () => {
    const seq = caseLeaves()[0]!;
    const files = rewritten(
      ...([tiers[1], exported[1]] as const),
      (leaves) => [...leaves.filter((_, n) => n !== seq), leaves.at(-1)!],
      late,
    );
    const report = await alone(files.set('checkpoint', exported[1].get('checkpoint')!));
    expect(report.exports[0]!.faults[0]).toEqual({
      ...{ code: 'root-of-other-entries', path: 'checkpoint' },
      line: 3,
    });
    expect(report.between.faults).toContainEqual({
      ...{ folder: 'county', stream: caseId, code: 'event-dropped' },
      ...{ seq, sequence: 1 },
    });
  });

  it('an index that leaves out an event, or a whole case', async () => {
    const seq = caseLeaves()[1]!;
    const lines = linesIn(exported[1]);
    const without = lines.map((line) =>
      line.stream === caseId ? { ...line, own: line.own.filter((leaf) => leaf !== seq) } : line,
    );
    const fault = async (shard: typeof lines) =>
      (await alone(copy(exported[1]).set(shardPath(0), encodeIndex(shard)))).between.faults.at(-1);
    expect(await fault(without)).toEqual({ code: 'not-in-the-index', folder: 'county', seq });
    expect(await fault(lines.filter(({ stream }) => stream !== caseId))).toEqual({
      ...{ code: 'not-in-the-index', folder: 'county' },
      seq: caseLeaves()[0],
    });
  });

  it('an index that names a leaf twice, or one of another stream', async () => {
    const [first, second] = [caseLeaves()[0]!, caseLeaves()[1]!];
    const lines = linesIn(exported[1]).map((line) =>
      line.stream === caseId ? line : line.own.includes(0) ? { ...line, own: [...line.own, first] } : line,
    );
    const { between } = await alone(copy(exported[1]).set(shardPath(0), encodeIndex(lines)));
    expect(between.faults).toContainEqual(expect.objectContaining({ code: 'index-wrong', seq: first }));
    const doubled = linesIn(exported[1]).flatMap((line) =>
      line.stream === caseId ? [{ ...line, own: [second, first] }] : [line],
    );
    expect(
      (await alone(copy(exported[1]).set(shardPath(0), encodeIndex(doubled)))).between.faults,
    ).toContainEqual({
      code: 'file-malformed',
      path: shardPath(0),
      line: 1 + linesIn(exported[1]).findIndex(({ stream }) => stream === caseId),
    });
  });

  it('an index in another order, or that says what is not so', async () => {
    const withLines = async (change: (lines: ReturnType<typeof linesIn>) => ReturnType<typeof linesIn>) =>
      (
        await verify({
          county: copy(exported[1]).set(shardPath(0), encodeIndex(change(linesIn(exported[1])))),
        })
      ).between.faults;
    expect(await withLines((lines) => lines.toReversed())).toContainEqual(
      expect.objectContaining({ code: 'index-out-of-order' }),
    );
    const inCase = (change: (line: ReturnType<typeof linesIn>[number]) => object) =>
      withLines((lines) =>
        lines.map((line) => (line.stream === caseId ? { ...line, ...change(line) } : line)),
      );
    expect(await inCase(({ events }) => ({ events: events.toReversed() }))).toContainEqual(
      expect.objectContaining({ code: 'order-differs', stream: caseId, place: 0 }),
    );
    expect(await inCase(() => ({ register: { count: 1, digest: '00' } }))).toContainEqual(
      expect.objectContaining({ code: 'digest-differs', stream: caseId, stated: '00' }),
    );
    expect(await inCase(({ events }) => ({ events: events.slice(1) }))).toContainEqual(
      expect.objectContaining({ code: 'index-wrong', stream: caseId, seq: caseLeaves()[0] }),
    );
  });
});

describe('a tier that holds every key of its ledger and of its witnesses is caught with', () => {
  const remade = (change: (leaves: readonly Leaf[]) => readonly Leaf[]): Files =>
    rewritten(tiers[1], exported[1], change, late);

  it('nothing, if it changes nothing', async () => {
    expect((await verify({ county: remade((leaves) => leaves) })).ok).toBe(true);
  });

  it('a dropped event', async () => {
    const seq = caseLeaves()[0]!;
    const { between } = await alone(remade((leaves) => leaves.filter((_, n) => n !== seq)));
    expect(between.faults[0]).toEqual({
      ...{ folder: 'county', stream: caseId, code: 'event-dropped' },
      ...{ seq, sequence: 1 },
    });
  });

  it('a dropped tail, by a tier that had received it', async () => {
    const seq = caseLeaves().at(-1)!;
    const files = remade((leaves) => leaves.filter((_, n) => n !== seq));
    const { between } = await verify({ county: files });
    expect(between.faults[0]).toMatchObject({
      ...{ folder: 'city', stream: caseId, code: 'missing-at-its-author', author: 'county' },
      sequence: 2,
    });
  });

  it('reordered events', async () => {
    const [first, second] = [caseLeaves()[0]!, caseLeaves()[1]!];
    const { between } = await alone(
      remade((leaves) =>
        leaves.map((leaf, n) => (n === first ? leaves[second]! : n === second ? leaves[first]! : leaf)),
      ),
    );
    expect(between.faults[0]).toMatchObject({ code: 'event-dropped', stream: caseId, seq: first });
    expect(between.faults).toContainEqual(
      expect.objectContaining({ code: 'event-reordered', stream: caseId, seq: second, sequence: 1 }),
    );
    expect(between.faults).toContainEqual(
      expect.objectContaining({ code: 'parent-later', stream: caseId, seq: first }),
    );
  });

  it('a back-dated event', async () => {
    const seq = caseLeaves().at(-1)!;
    const recordedtime = '2026-02-20T02:00:00.000Z';
    const files = remade((leaves) =>
      leaves.map((leaf, n) => (n === seq ? changed(leaf, { recordedtime }) : leaf)),
    );
    const report = await alone(files);
    expect(report.exports[0]!.faults).toEqual([
      { code: 'back-dated', seq, claimed: recordedtime, byMs: 20 * 86_400_000 },
    ]);
  });

  it('a post-dated event', async () => {
    const seq = caseLeaves().at(-1)!;
    const recordedtime = '2026-03-13T02:00:05.000Z';
    const files = remade((leaves) =>
      leaves.map((leaf, n) => (n === seq ? changed(leaf, { recordedtime }) : leaf)),
    );
    expect((await alone(files)).exports[0]!.faults).toEqual([
      { code: 'post-dated', seq, claimed: recordedtime, byMs: 86_400_000 },
    ]);
  });

  it('another copy than it gave away', async () => {
    const seq = caseLeaves().at(-1)!;
    const files = remade((leaves) =>
      leaves.map((leaf, n) => (n === seq ? changed(leaf, { authid: 'somebody-else' }) : leaf)),
    );
    expect((await alone(files)).ok).toBe(true);
    expect((await verify({ county: files })).between.faults[0]).toMatchObject({
      ...{ folder: 'city', stream: caseId, code: 'copy-differs', author: 'county', seq, sequence: 2 },
    });
    const both = await verifyExports(deps, [folderOf('here', exported[1]), folderOf('there', files)]);
    expect(both.between.faults).toContainEqual({
      code: 'copies-differ',
      folder: 'here',
      other: 'there',
      seq,
    });
  });

  it('a history that an earlier head does not lead to', async () => {
    const files = remade((leaves) =>
      leaves.map((leaf, n) => (n === 2 ? changed(leaf, { authid: 'x' }) : leaf)),
    );
    const path = [...exported[1].keys()].find((name) => name.startsWith('seals/'))!;
    const { head } = JSON.parse(fromUtf8(exported[1].get(path)!)) as { head: string };
    const beside = JSON.parse(fromUtf8(files.get(path)!)) as object;
    files.set(path, utf8(JSON.stringify({ ...beside, head })));
    expect((await alone(files)).exports[0]!.faults).toContainEqual({
      ...{ code: 'earlier-head-differs', path },
      size: Number(head.split('\n')[1]),
    });
  });

  it('an event under a seal of nobody, of another event, or of another service', async () => {
    const seq = caseLeaves()[0]!;
    const sealed = async (seal: (leaf: Leaf) => Leaf['seal']) =>
      (
        await alone(
          remade((leaves) => leaves.map((leaf, n) => (n === seq ? { ...leaf, seal: seal(leaf) } : leaf))),
        )
      ).exports[0]!.faults;
    expect(await sealed(({ seal }) => ({ ...seal, signature: new Uint8Array(64) }))).toEqual([
      { code: 'not-sealed', seq, reason: 'seal-forged' },
    ]);
    expect(await sealed(() => tiers[1].sealWith([]))).toEqual([
      { code: 'not-sealed', seq, reason: 'not-in-the-seal' },
    ]);
    expect(await sealed(({ seal }) => ({ ...seal, service: 'exchange' }))).toEqual([
      { code: 'not-sealed', seq, reason: 'seal-forged' },
    ]);
  });

  it('an event that a service wrote which may not', async () => {
    const seq = caseLeaves()[0]!;
    const files = remade((leaves) =>
      leaves.map((leaf, n) => (n === seq ? { ...leaf, seal: { ...leaf.seal, service: 'exchange' } } : leaf)),
    );
    const [key] = tiers[1].keys;
    const keys = [key!, { ...key!, purpose: 'exchange' as const }];
    files.set('keys', encodeKeys({ source: tiers[1].source, keys }));
    expect((await alone(files)).exports[0]!.faults).toEqual([
      { code: 'not-sealed', seq, reason: 'service-not-entitled' },
    ]);
  });

  it('the keys of another ledger, or an earlier head that no quorum saw', async () => {
    const { source, keys } = { source: tiers[0].source, keys: tiers[1].keys };
    const moved = await alone(copy(exported[1]).set('keys', encodeKeys({ source, keys })));
    expect(moved.exports[0]!.faults[0]).toEqual({ code: 'file-malformed', path: 'keys' });
    const path = [...exported[1].keys()].find((name) => name.startsWith('seals/'))!;
    const beside = JSON.parse(fromUtf8(exported[1].get(path)!)) as { head: string };
    const head = `${beside.head.trimEnd().split('\n').slice(0, -1).join('\n')}\n`;
    const weak = await alone(copy(exported[1]).set(path, utf8(JSON.stringify({ ...beside, head }))));
    expect(weak.exports[0]!.faults[0]).toMatchObject({
      ...{ code: 'earlier-head-refused', path },
      refusal: { code: 'quorum-not-reached' },
    });
  });

  describe('and that writes about keys and other ledgers,', () => {
    const factAt = () => caseLeaves()[0]! - 1;
    const ledgerFact = (leaf: Leaf, type: string, data: object): Leaf => {
      const made = changed(leaf, { type: `liandong.ledger.${type}.v1`, data } as Partial<Envelope>);
      return { ...made, seal: { ...made.seal, service: 'exchange' } };
    };
    /** With a fact of the ledger's keeper at a leaf, which the exchange may seal. */
    const withFact = (
      type: string,
      data: object,
      change: (leaf: Leaf, seq: number) => Leaf = (leaf) => leaf,
    ) => {
      const files = remade((leaves) =>
        leaves.map((leaf, seq) => (seq === factAt() ? ledgerFact(leaf, type, data) : change(leaf, seq))),
      );
      const [key] = tiers[1].keys;
      const keys = [key!, { ...key!, purpose: 'exchange' as const }];
      return files.set('keys', encodeKeys({ source: tiers[1].source, keys }));
    };
    const faultsOf = async (files: Files) => (await alone(files)).exports[0]!.faults;
    const forgedFrom = (seq: number) =>
      [...leavesIn(exported[1]).keys()]
        .slice(seq)
        .map((at) => ({ code: 'not-sealed', seq: at, reason: 'seal-forged' }));

    it('what was sealed after the key was revoked', async () => {
      const [{ keyId }] = tiers[1].keys as [(typeof tiers)[1]['keys'][number]];
      const files = withFact('keyRevoked', { purpose: 'approval', keyId, reason: 'lost' });
      expect(await faultsOf(files)).toEqual(forgedFrom(factAt() + 1));
    });

    it('what was sealed with a key that another had replaced, and nothing under the new one', async () => {
      const pem = newPrivateKey();
      const { service, ...next } = serviceKey('approval', pem);
      const [{ keyId }] = tiers[1].keys as [(typeof tiers)[1]['keys'][number]];
      const rotated = { key: { purpose: service, ...next }, replaces: keyId };
      expect(await faultsOf(withFact('keyRotated', rotated))).toEqual(forgedFrom(factAt() + 1));
      const sealNew = sealer('approval', tiers[1].source, pem);
      const resealed = (leaf: Leaf, seq: number): Leaf =>
        seq < factAt() ? leaf : { ...leaf, seal: sealNew([eventHash(suite.sha256, leaf.bytes)]) };
      expect(await faultsOf(withFact('keyRotated', rotated, resealed))).toEqual([]);
      const tooEarly = (leaf: Leaf, seq: number): Leaf =>
        seq === 0 ? resealed(leaf, factAt()) : resealed(leaf, seq);
      expect(await faultsOf(withFact('keyRotated', rotated, tooEarly))).toEqual([
        { code: 'not-sealed', seq: 0, reason: 'seal-forged' },
      ]);
    });

    const cityHead = () => {
      const [origin, size, root] = fromUtf8(exported[0].get('checkpoint')!).split('\n');
      return { origin, size: Number(size), root: Buffer.from(root!, 'base64').toString('hex') };
    };

    it('a head of another ledger that the other has never had', async () => {
      const time = early;
      const right = withFact('anchored', { checkpoints: [{ ...cityHead(), time }] });
      const codes = async (files: Files) =>
        (await verify({ county: files })).between.faults.map(({ code }) => code);
      expect(await codes(right)).not.toContain('anchor-differs');
      const root = 'ab'.repeat(32);
      const wrong = withFact('anchored', { checkpoints: [{ ...cityHead(), root, time }] });
      expect((await verify({ county: wrong })).between.faults).toContainEqual({
        ...{ code: 'anchor-differs', folder: 'county', seq: factAt(), author: 'city' },
        ...{ size: cityHead().size, stated: root, made: cityHead().root },
      });
      // Of a ledger that is not here, nothing is known.
      expect((await alone(wrong)).between.faults.map(({ code }) => code)).not.toContain('anchor-differs');
    });

    it('events back-dated to before a head that the ledger had seen in front of them', async () => {
      const seenAt = (time: string) => withFact('anchored', { checkpoints: [{ ...cityHead(), time }] });
      expect(await faultsOf(seenAt(early))).toEqual([]);
      const seen = '2026-03-12T02:30:00.000Z';
      const later = leavesIn(exported[1]).slice(factAt() + 1);
      expect(await faultsOf(seenAt(seen))).toEqual(
        later.map(({ bytes }, n) => {
          const claimed = decodeEvent(bytes).recordedtime;
          const byMs = Date.parse(seen) - Date.parse(claimed);
          return { code: 'back-dated', seq: factAt() + 1 + n, claimed, byMs };
        }),
      );
    });
  });

  it('an event that is none, that breaks its schema, or that is of another ledger', async () => {
    const seq = caseLeaves().at(-1)!;
    const faults = async (change: Partial<Envelope>) =>
      (await alone(remade((leaves) => leaves.map((leaf, n) => (n === seq ? changed(leaf, change) : leaf)))))
        .exports[0]!.faults;
    expect(await faults({ time: 'yesterday' })).toEqual([
      { code: 'event-refused', seq, refusal: { code: 'envelope-refused', field: 'time', rule: 'malformed' } },
    ]);
    expect(await faults({ data: { by: 5 } })).toContainEqual(
      expect.objectContaining({ code: 'schema-violation', seq }),
    );
    expect(await faults({ source: tiers[0].source })).toContainEqual({
      ...{ code: 'event-of-another-ledger', seq },
      source: tiers[0].source,
    });
  });

  it('a wrong height, and a parent that is not there', async () => {
    const seq = caseLeaves().at(-1)!;
    const faults = async (change: Partial<Envelope>) =>
      (await alone(remade((leaves) => leaves.map((leaf, n) => (n === seq ? changed(leaf, change) : leaf)))))
        .between.faults;
    expect((await faults({ height: '7'.padStart(20, '0') }))[0]).toMatchObject({
      ...{ code: 'height-wrong', stream: caseId, seq },
      ...{ stated: 7, expected: 2 },
    });
    expect((await faults({ parents: 'ab'.repeat(32) }))[0]).toMatchObject({
      ...{ code: 'parent-missing', stream: caseId, seq },
      parent: 'ab'.repeat(32),
    });
  });

  it('an export that verifies under its own policy, by an auditor who has the true one', async () => {
    const thief = await auditedTier(county, testClock());
    await foundTier(thief);
    await thief.anchor(late);
    const files = await thief.export();
    expect((await alone(files)).ok).toBe(true);
    const { exports } = await verifyExports({ ...deps, policy: tiers[1].policy }, [
      folderOf('county', files),
    ]);
    expect(exports[0]!.faults[0]).toMatchObject({ code: 'checkpoint-refused', path: 'checkpoint' });
  });
});
