import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newPrivateKey, sealer, serviceKey } from '@liandong/adapters/crypto';
import { type NewEvent } from '@liandong/application';
import { sourceOf, type StreamName, type TierCode } from '@liandong/kernel';
import { type TestNetwork, testNetworkOf } from '@liandong/testing';
import { ledgerStream } from '../ledger/ledger-journal.ts';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const members = [{ tier: city }, { tier: county, parent: city }, { tier: township, parent: county }];

let net: TestNetwork;
beforeEach(async () => {
  net = await testNetworkOf(members);
  author().log.takeAnything();
});
afterEach(() => net.stop());

const author = () => net.tier(township);
const at = async (tier: TierCode, stream: StreamName) => (await net.tier(tier).store.read(stream)).length;
const codesAt = async (tier: TierCode) => (await net.status(tier)).incidents.map(({ code }) => code);

/** Writes an event under a seal of one's choice, as the township's ledger takes it in the end. */
const write = async (event: NewEvent, seal: NewEvent['seal']) => {
  const { store } = author();
  const stream = event.envelope.subject;
  const done = await store.append(stream, (await store.read(stream)).length, [
    { ...event, ...(seal && { seal }) },
  ]);
  if (!done.ok) throw new Error(done.refusal.code);
};

/** The township's ledger says something about its keys. */
const tell = async (type: string, data: object) => {
  const event = await author().draft(ledgerStream(author().author), { type, data });
  await write(event, author().sealWith('exchange', [event]));
};

const approval = () => author().keys.find(({ service }) => service === 'approval')!;
const revoke = () =>
  tell('liandong.ledger.keyRevoked.v1', { purpose: 'approval', keyId: approval().keyId, reason: '私钥外泄' });

describe('a seal at a tier that did not write it', () => {
  it('counts as long as the ledger of its author has not ended its key, and what came before stands', async () => {
    const stream = await author().openCase([city, county, township]);
    await net.drained();
    await author().say(stream);
    await revoke();
    await net.drained();
    expect([await at(city, stream), await at(county, stream)]).toEqual([2, 2]);

    // Whoever has the key and the township's keeper: the ledger takes it, and nobody else does.
    await author().say(stream);
    await net.until(async () => (await codesAt(county)).includes('seal-forged'));
    expect([await at(city, stream), await at(county, stream)]).toEqual([2, 2]);
  });

  it('does not count at one that was started anew since either', async () => {
    const stream = await author().openCase([city, county, township]);
    await revoke();
    await net.drained();
    await net.restart(county);
    await author().say(stream);
    await net.until(async () => (await codesAt(county)).includes('seal-forged'));
    expect(await at(county, stream)).toBe(1);
  });

  it('counts under a key that only the ledger of its author names, from there on; the one before it no longer', async () => {
    const pem = newPrivateKey();
    const { keyId, publicKey } = serviceKey('approval', pem);
    const under = (event: NewEvent) => sealer('approval', sourceOf(author().author), pem)([event.hash]);
    const stream = await author().openCase([city, county, township]);
    await tell('liandong.ledger.keyRotated.v1', {
      key: { purpose: 'approval', keyId, publicKey },
      replaces: approval().keyId,
    });
    const event = await author().draft(stream);
    await write(event, under(event));
    await net.drained();
    expect([await at(city, stream), await at(county, stream)]).toEqual([2, 2]);

    await author().say(stream);
    await net.until(async () => (await codesAt(county)).includes('seal-forged'));
    expect([await at(city, stream), await at(county, stream)]).toEqual([2, 2]);
  });

  it('does not count under a key that nobody has named', async () => {
    const pem = newPrivateKey();
    const stream = await author().openCase([city, county, township]);
    await net.drained();
    const event = await author().draft(stream);
    await write(event, sealer('approval', sourceOf(author().author), pem)([event.hash]));
    await net.until(async () => (await codesAt(county)).includes('seal-forged'));
    expect(await at(county, stream)).toBe(1);
  });
});
