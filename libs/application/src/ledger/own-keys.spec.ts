import { afterEach, describe, expect, it } from '@jest/globals';
import { newPrivateKey, newSalt, sealer, sealVerifier, serviceKey, sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook } from '@liandong/adapters/memory';
import { checkOwnSchema, dataschemaOf, decodeLedgerFact } from '@liandong/contracts';
import { authorOf } from '@liandong/kernel';
import {
  newStream,
  startKeeper,
  type TestKeeper,
  testEvents,
  testLogKey,
  testSource,
} from '@liandong/testing';
import { ledgerJournal } from './ledger-journal.ts';
import { originOf } from './open-epoch.ts';
import { keyRevoker, keyRotator, ownKeys, type OwnKeysDeps } from './own-keys.ts';

const self = authorOf(testSource)!;
const pems = { approval: newPrivateKey(), exchange: newPrivateKey() };
const services = ['approval', 'exchange'] as const;
const nextPem = newPrivateKey();
const next = serviceKey('approval', nextPem);
const keys = [...services.map((service) => serviceKey(service, pems[service])), next];

const started: TestKeeper[] = [];
afterEach(async () => {
  for (const keeper of started.splice(0)) await keeper.stop();
});

/** One store, into which two services write, each under its own key. */
const opened = () => {
  let writes: (typeof services)[number] = 'approval';
  const store = memoryEventStore({ seal: (leaves) => sealer(writes, testSource, pems[writes])(leaves) });
  const as = async <Value>(service: typeof writes, write: () => Promise<Value>): Promise<Value> => {
    writes = service;
    return write().finally(() => (writes = 'approval'));
  };
  const authoring = {
    ...{ author: self, sha256, newSalt, checkOwnSchema, dataschemaOf },
    clock: { now: () => new Date('2026-03-02T01:00:00.000Z') },
    pseudonym: (principal: string) => principal,
    fingerprint: (fact: unknown) => JSON.stringify(fact).slice(0, 100),
  };
  const deps: OwnKeysDeps = { keys, journal: ledgerJournal(store, authoring), factOf: decodeLedgerFact };
  const book = memoryLedgerBook();
  const log = testLogKey(originOf(self));
  const keep = async () => {
    const own = await ownKeys(deps, book, (key, source, seal) =>
      sealVerifier(() => [{ ...key, service: seal.service }])(source, seal),
    );
    const keeper = await startKeeper(
      { self, store, book, acquireLease: book.acquireLease, verifySeal: own.verifySeal, ...log },
      { goesIn: own.sealed },
    );
    started.push(keeper);
    return keeper;
  };
  const record = async (pem = pems.approval) => {
    const stream = newStream();
    const events = testEvents(1, { stream });
    const seal = sealer('approval', testSource, pem)(events.map(({ hash }) => hash));
    await store.append(
      stream,
      0,
      events.map((event) => ({ ...event, seal })),
    );
  };
  const rotate = (service: (typeof services)[number], keyId: string, by: string) =>
    as('exchange', () => keyRotator(self, deps)(service, keyId, by));
  const revoke = (service: (typeof services)[number], keyId: string) =>
    as('exchange', () => keyRevoker(self, deps)(service, keyId, '私钥外泄'));
  return { book, keep, record, revoke, rotate };
};

describe('a key that its ledger revokes', () => {
  it('seals what came before, and nothing after, also when a keeper starts later', async () => {
    const { book, keep, record, revoke } = opened();
    await record();
    expect(await revoke('approval', keys[0]!.keyId)).toMatchObject({ ok: true });
    await record();
    const first = await keep();
    await first.alarmed(3n);
    expect(await book.unsealed(10)).toMatchObject([{ reason: 'seal-forged' }]);
    expect(first.alarms).toMatchObject([{ code: 'unsealed' }]);
    await first.stop();

    const second = await keep();
    await record();
    await second.alarmed(4n);
    expect(await book.unsealed(10)).toHaveLength(2);
    expect((await book.head())?.size).toBe(2);
  });

  it('is revoked once, and only if it is one of the tier’s that still counts', async () => {
    const { revoke } = opened();
    const { keyId } = keys[0]!;
    expect(await revoke('approval', 'ffffffff')).toMatchObject({ refusal: { code: 'not-found' } });
    expect(await revoke('exchange', keyId)).toMatchObject({ refusal: { code: 'not-found' } });
    expect((await revoke('approval', keyId)).ok).toBe(true);
    expect(await revoke('approval', keyId)).toMatchObject({ refusal: { code: 'not-found' } });
  });
});

describe('a key that gives way to another', () => {
  it('seals what came before, and the other all that comes after', async () => {
    const { book, keep, record, rotate } = opened();
    await record();
    expect(await rotate('approval', keys[0]!.keyId, next.keyId)).toMatchObject({ ok: true });
    await record(nextPem);
    await record();
    const keeper = await keep();
    await keeper.alarmed(4n);
    expect((await book.head())?.size).toBe(3);
    expect(await book.unsealed(10)).toMatchObject([{ reason: 'seal-forged' }]);
  });

  it('does so once, and only for another of the same service that counts', async () => {
    const { rotate } = opened();
    const [approval, exchange] = [keys[0]!.keyId, keys[1]!.keyId];
    for (const [service, keyId, by] of [
      ['approval', approval, 'ffffffff'],
      ['approval', 'ffffffff', next.keyId],
      ['approval', approval, exchange],
      ['approval', approval, approval],
      ['exchange', exchange, next.keyId],
    ] as const)
      expect(await rotate(service, keyId, by)).toMatchObject({ refusal: { code: 'not-found' } });
    expect((await rotate('approval', approval, next.keyId)).ok).toBe(true);
    expect(await rotate('approval', approval, next.keyId)).toMatchObject({ refusal: { code: 'not-found' } });
    expect(await rotate('approval', next.keyId, approval)).toMatchObject({ refusal: { code: 'not-found' } });
  });
});
