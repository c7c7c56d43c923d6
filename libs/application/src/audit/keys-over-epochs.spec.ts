import { describe, expect, it } from '@jest/globals';
import { newPrivateKey, nodeSuite, sealer, serviceKey } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook } from '@liandong/adapters/memory';
import { checkSchema, decodeCaseFact, decodeLedgerFact } from '@liandong/contracts';
import { fromHex, sourceOf, toHex } from '@liandong/kernel';
import { emptyEdge, growEdge, rootOfEdge } from '@liandong/ledger';
import { anchoredLog } from '@liandong/testing';
import { folderOf } from '../../test/audited-network.ts';
import { county, must, sampleTier, testClock } from '../../test/sample-network.ts';
import type { LedgerFact } from '../ledger/facts.ts';
import { ledgerJournal, ledgerSystem } from '../ledger/ledger-journal.ts';
import { originOf } from '../ledger/open-epoch.ts';
import { named } from '../ledger/own-keys.ts';
import type { Recorded } from '../ports/event-store.ts';
import type { Sealer } from '../ports/signer.ts';
import { auditDesk, type AuditDeskDeps, type VerifyStep } from './audit-desk.ts';
import { exportLedger } from './export-ledger.ts';
import { verifyExports } from './verify-exports.ts';
import type { ExportFolder } from './verify-ledger.ts';

const suite = nodeSuite();
const { sha256 } = suite;
const authorIn = (epoch: number) => ({ network: 'test.example', tier: county, epoch });

/** A tier that writes in whatever epoch it is told, with whichever of its exchange's keys. */
const givenTier = async () => {
  const [stolen, kept] = [newPrivateKey(), newPrivateKey()];
  const keys = [stolen, kept].map((pem) => named(serviceKey('exchange', pem)));
  let seal: Sealer = sealer('exchange', sourceOf(authorIn(1)), kept);
  const store = memoryEventStore({ seal: (leaves) => seal(leaves) });
  const { authoring } = await sampleTier(county, testClock(), store);

  const write = async (epoch: number, pem: string, fact: LedgerFact): Promise<Recorded> => {
    const author = authorIn(epoch);
    seal = sealer('exchange', sourceOf(author), pem);
    const written = await store.readAll(0n as never, 100);
    const journal = ledgerJournal(store, { ...authoring, author });
    must(await journal.record(ledgerSystem(author, `fact-${written.length}`), fact));
    return (await store.readAll(0n as never, 100)).at(-1)!;
  };

  /** The ledger of an epoch that holds these leaves, and the head at its end. */
  const ledger = async (epoch: number, leaves: readonly Recorded[]) => {
    const author = authorIn(epoch);
    const log = anchoredLog(author);
    const book = memoryLedgerBook();
    const { edge, tiles } = growEdge(
      sha256,
      emptyEdge,
      leaves.map(({ hash }) => fromHex(hash)),
    );
    const [size, root] = [leaves.length, rootOfEdge(sha256, edge)];
    const head = { size, root, note: log.sign(size, root) };
    await book.extend({
      ...{ fence: (await book.acquireLease())!.fence, from: 0, tiles, unsealed: [], head },
      entries: leaves.map(({ position, hash }, seq) => ({ seq, position, hash })),
      through: leaves.at(-1)!.position,
    });
    await book.anchor({ ...head, at: '2026-03-02T03:00:00.000Z' });
    const files = new Map<string, Uint8Array>();
    const done = await exportLedger({
      ...{ self: author, store, book, sha256, factOf: decodeCaseFact, policy: log.policy, keys },
      writeFile: async (path, bytes) => void files.set(path, bytes),
    });
    expect(done).toMatchObject({ ok: true });
    return {
      folder: folderOf(`county/${epoch}`, files),
      ...{ epoch, book, policy: log.policy },
      end: { origin: originOf(author), size, root: toHex(root) },
    };
  };
  const revocation: LedgerFact = {
    type: 'liandong.ledger.keyRevoked.v1',
    data: { purpose: 'exchange', keyId: keys[0]!.keyId, reason: '被盗' },
  };
  return { store, keys, stolen, kept, write, ledger, revocation };
};
type End = Awaited<ReturnType<Awaited<ReturnType<typeof givenTier>>['ledger']>>['end'];

const opening = (epoch: number, cosigned: End): LedgerFact => ({
  type: 'liandong.ledger.epochOpened.v1',
  data: {
    ...{ epoch, reason: '备份已旧' },
    previous: {
      ...{ origin: cosigned.origin, epoch: epoch - 1, cosigned },
      ...{ stored: cosigned.size, known: cosigned.size },
    },
  },
});

const parts = {
  ...{ suite, sha256, checkSchema, ledgerFactOf: decodeLedgerFact, factOf: decodeCaseFact },
  toleranceMs: 60_000,
};
const verified = (...folders: readonly ExportFolder[]) => verifyExports(parts, folders);
const forged = (seq: number) => ({ code: 'not-sealed', seq, reason: 'seal-forged' });

describe('the keys of a tier over its epochs', () => {
  it('end with what an earlier epoch says of them, in whatever order its exports are given', async () => {
    const tier = await givenTier();
    const first = await tier.ledger(1, [await tier.write(1, tier.kept, tier.revocation)]);
    const second = await tier.ledger(2, [
      await tier.write(2, tier.kept, opening(2, first.end)),
      await tier.write(2, tier.stolen, tier.revocation),
    ]);
    for (const folders of [
      [first.folder, second.folder],
      [second.folder, first.folder],
    ]) {
      const report = await verified(...folders);
      expect(report.exports.map(({ folder, faults }) => [folder, faults])).toEqual(
        folders.map(({ name }) => [name, name === 'county/2' ? [forged(1)] : []]),
      );
      expect(report.between.faults).toEqual([]);
      expect(report.ok).toBe(false);
    }
  });

  it('are not known without the epoch before, and the report says so', async () => {
    const tier = await givenTier();
    const first = await tier.ledger(1, [await tier.write(1, tier.kept, tier.revocation)]);
    const second = await tier.ledger(2, [await tier.write(2, tier.kept, opening(2, first.end))]);
    expect(await verified(first.folder, second.folder)).toMatchObject({ ok: true });
    const alone = await verified(second.folder);
    expect(alone.between.faults).toEqual([
      { code: 'epoch-before-missing', folder: 'county/2', author: 'test.example/431021/1' },
    ]);
    expect(alone.ok).toBe(false);
  });

  it('are not taken from an export of the epoch before that does not reach its end', async () => {
    const tier = await givenTier();
    const early = await tier.write(1, tier.kept, {
      ...tier.revocation,
      data: { ...tier.revocation.data, keyId: '00000000' },
    } as LedgerFact);
    const cut = await tier.ledger(1, [early]);
    const whole = await tier.ledger(1, [early, await tier.write(1, tier.kept, tier.revocation)]);
    const second = await tier.ledger(2, [
      await tier.write(2, tier.kept, opening(2, whole.end)),
      await tier.write(2, tier.stolen, tier.revocation),
    ]);
    const report = await verified(cut.folder, second.folder);
    expect(report.between.faults).toMatchObject([{ code: 'epoch-lost-events', from: 1, to: 2 }]);
    const both = await verified(cut.folder, second.folder, { ...whole.folder, name: 'whole' });
    expect(both.exports[1]?.faults).toEqual([forged(1)]);
    expect(both.between.faults).toEqual([]);
  });

  it('are carried through two epochs in a row, the second of which takes in the opening of the first', async () => {
    const tier = await givenTier();
    const first = await tier.ledger(1, [await tier.write(1, tier.kept, tier.revocation)]);
    const opened = await tier.write(2, tier.kept, opening(2, first.end));
    const second = await tier.ledger(2, [opened]);
    const again = await tier.write(2, tier.kept, opening(2, first.end));
    const third = await tier.ledger(3, [
      again,
      await tier.write(3, tier.kept, opening(3, second.end)),
      await tier.write(3, tier.stolen, tier.revocation),
    ]);
    const report = await verified(third.folder, second.folder, first.folder);
    expect(report.exports.map(({ faults }) => faults)).toEqual([[forged(2)], [], []]);
    expect(report.between.faults).toEqual([]);
  });

  it('hold at a running tier, too, which verifies all of its ledgers', async () => {
    const tier = await givenTier();
    const first = await tier.ledger(1, [await tier.write(1, tier.kept, tier.revocation)]);
    const second = await tier.ledger(2, [
      await tier.write(2, tier.kept, opening(2, first.end)),
      await tier.write(2, tier.stolen, tier.revocation),
    ]);
    const reportOf = async (former: readonly (typeof first)[]) => {
      const desk = auditDesk({
        ...{ ...parts, self: authorIn(2), store: tier.store, keys: tier.keys, former },
        ...{ book: second.book, policy: second.policy, otherEpochs: [first.book] },
      } as unknown as AuditDeskDeps);
      const steps: VerifyStep[] = [];
      for await (const step of must(await desk.verify())) steps.push(step);
      const last = steps.at(-1);
      if (last?.kind !== 'report') throw new Error('no report');
      return last.report;
    };
    const report = await reportOf([first]);
    expect(report.exports.map(({ origin, faults }) => [origin, faults])).toEqual([
      [first.end.origin, []],
      [second.end.origin, [forged(1)]],
    ]);
    expect(report.between.faults).toEqual([]);
    expect((await reportOf([])).between.faults).toMatchObject([{ code: 'epoch-before-missing' }]);
  });
});
