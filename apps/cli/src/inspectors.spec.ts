import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ed25519Signer, newPrivateKey, nodeSuite, sealer, serviceKey } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook } from '@liandong/adapters/memory';
import { exportLedger, type Inspectors, originOf, verifyExports } from '@liandong/application';
import { checkSchema, decodeCaseFact, decodeLedgerFact } from '@liandong/contracts';
import { authorOf, type StreamName, utf8 } from '@liandong/kernel';
import { decodeBundle, encodeBundle, formatVKey, makeVKey, parsePolicy, type Policy } from '@liandong/ledger';
import { grownTo, newStream, startKeeper, testEvents, testSource } from '@liandong/testing';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { folderAt, writerTo } from './audit-folders.ts';
import { openInspectors } from './inspectors.ts';

const suite = nodeSuite();
const self = authorOf(testSource)!;
const folder = mkdtempSync(path.join(tmpdir(), 'cli-inspectors-'));
const bundles = 7;

/** A ledger of some bundles, exported; nobody witnesses it. */
beforeAll(async () => {
  const pem = newPrivateKey();
  const store = memoryEventStore({ seal: sealer('approval', testSource, pem) });
  const book = memoryLedgerBook();
  const { publicKey, sign } = ed25519Signer(newPrivateKey());
  const logKey = {
    ...makeVKey(suite.sha256, originOf(self), 'ed25519', publicKey),
    type: 'ed25519' as const,
  };
  // More streams than are inspected together, some of them cases.
  for (let n = 0; n < bundles * 10; n++) {
    const stream = n % 5 === 0 ? (`case-${String(n).padStart(32, '0')}` as StreamName) : newStream();
    await store.append(stream, 0, testEvents(25, { stream }));
  }
  const keeper = await startKeeper({
    ...{ self, store, book, acquireLease: book.acquireLease, verifySeal: () => true, logKey, sign },
  });
  await grownTo(book, 250 * bundles);
  await keeper.stop();
  const policy = parsePolicy(suite.sha256, utf8(`log ${formatVKey(logKey)}\nquorum none\n`));
  if (!policy.ok) throw new Error(policy.refusal.rule);
  const { service, ...key } = serviceKey('approval', pem);
  const done = await exportLedger({
    ...{ self, store, book, sha256: suite.sha256, factOf: decodeCaseFact, writeFile: writerTo(folder) },
    ...{ policy: policy.value as Policy, keys: [{ purpose: service, ...key }] },
  });
  expect(done.ok).toBe(true);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const conditions = ['--conditions=@liandong/source'];
const verifiedBy = (inspectors: Inspectors | undefined) =>
  verifyExports(
    {
      ...{ suite, checkSchema, ledgerFactOf: decodeLedgerFact, factOf: decodeCaseFact, toleranceMs: 300_000 },
      ...(inspectors && { inspectors }),
    },
    [folderAt(folder)],
  );

const reportWith = async (threads: number) => {
  const inspectors = threads > 0 ? openInspectors(threads, conditions) : undefined;
  try {
    return await verifiedBy(inspectors);
  } finally {
    await inspectors?.close();
  }
};

/** Until the work is done with the file as it was changed. */
const withChanged = async <Found>(
  file: string,
  change: (bytes: Uint8Array) => Uint8Array,
  work: () => Promise<Found>,
): Promise<Found> => {
  const whole = path.join(folder, file);
  const before = new Uint8Array(readFileSync(whole));
  writeFileSync(whole, change(before));
  try {
    return await work();
  } finally {
    writeFileSync(whole, before);
  }
};

describe('threads that inspect bundles and streams', () => {
  it('find what one finds, however many they are', async () => {
    const alone = await reportWith(0);
    expect(alone.exports[0]).toMatchObject({ checked: 250 * bundles });
    expect(alone.between).toMatchObject({ streams: bundles * 10, registers: bundles * 2 });
    for (const threads of [1, 2, 3]) expect(await reportWith(threads)).toEqual(alone);
  }, 120_000);

  it('find the streams themselves: what they say of one stands in the report', async () => {
    const inspectors = openInspectors(2, conditions);
    const found = { registers: 7, unproven: 0, later: 0, faults: [] };
    const untrue = {
      ...inspectors,
      inspectStreams: async (...[exports, streams]: Parameters<typeof inspectors.inspectStreams>) =>
        (await inspectors.inspectStreams(exports, streams)).map((each) => ({ ...each, ...found })),
    };
    const { between } = await verifiedBy(untrue).finally(() => inspectors.close());
    expect(between.registers).toBe(7 * bundles * 10);
  }, 120_000);

  it.each([
    [
      'a seal',
      'seals/002',
      (bytes: Uint8Array) => utf8(Buffer.from(bytes).toString().replace('"of":[0', '"of":[9')),
    ],
    ['a byte of an event', 'tile/entries/003', (bytes: Uint8Array) => bytes.with(60, bytes[60]! ^ 1)],
    [
      'two events',
      'tile/entries/001',
      (bytes: Uint8Array) => {
        const bundle = decodeBundle(bytes, 256);
        if (!bundle.ok) throw new Error('no bundle');
        return encodeBundle(bundle.value.toSpliced(0, 2, bundle.value[1]!, bundle.value[0]!));
      },
    ],
    [
      'the digest of a register',
      'case-index/000',
      (bytes: Uint8Array) => utf8(Buffer.from(bytes).toString().replaceAll('"digest":"', '"digest":"0')),
    ],
    [
      'the hash of an event in the index',
      'case-index/000',
      (bytes: Uint8Array) =>
        utf8(
          Buffer.from(bytes)
            .toString()
            .replaceAll(/\["[0-9a-f]{2}/g, '["00'),
        ),
    ],
    ['a hash', 'tile/0/004', (bytes: Uint8Array) => bytes.with(5, bytes[5]! ^ 1)],
  ])(
    'name the same place when %s is changed',
    async (_, file, change) => {
      const [alone, together] = await withChanged(file, change, async () => [
        await reportWith(0),
        await reportWith(2),
      ]);
      expect(alone!.ok).toBe(false);
      expect(together).toEqual(alone);
    },
    120_000,
  );

  it('that cannot start fail the verification, and do not leave it waiting', async () => {
    const inspectors = openInspectors(1, ['--conditions=nobody']);
    const asked = inspectors.inspect(folder, { source: testSource, keys: [] }, 0, 256);
    const failed = expect(asked).rejects.toThrow();
    await inspectors.close();
    await failed;
  });
});
