import { afterEach, describe, expect, it } from '@jest/globals';
import { encryptionKeyOf, letterCipher } from '@liandong/adapters/jwe';
import { decodeEvent, type StreamName, type TierCode } from '@liandong/kernel';
import { details, type DisclosingNetwork, disclosingNetwork, guest } from '../../test/disclosing-network.ts';
import { city, county, document, township } from '../../test/sample-network.ts';
import type { LinkFrame } from '../ports/link-transport.ts';
import { digestsIn } from '../views/disclosed.ts';
import { letterReceipt } from './letter-receipt.ts';

let network: DisclosingNetwork | undefined;
afterEach(async () => {
  await network?.net.stop();
  network = undefined;
});
const opened = async () => (network = await disclosingNetwork());

const { applicantName, applicantAddress, matter } = details;
const incidentsAt = async ({ at }: DisclosingNetwork, tier: TierCode) =>
  (await at(tier).book.incidents(20)).map(({ code }) => code);
const share = { type: 'share', tiers: [guest] };

/** The township refuses its step, in words that concern the deciding organs. */
const refuseStep = (net: DisclosingNetwork, caseId: StreamName) =>
  net.act(township, 'reviewer', '01', caseId, {
    ...{ type: 'giveOpinion', step: 'residents', result: 'refuse', document: document(9) },
    reasons: '村民反对',
  });
const refusalDigests = async (net: DisclosingNetwork, caseId: StreamName) => {
  await refuseStep(net, caseId);
  const events = await net.at(township).store.read(caseId);
  return events.flatMap(({ type, bytes }) =>
    type === 'liandong.case.opinionGiven.v1' ? digestsIn(decodeEvent(bytes).data) : [],
  );
};

describe('a personal field of a case', () => {
  it('reaches the tiers entitled, each only what its part needs, and each when its part begins', async () => {
    const net = await opened();
    const caseId = await net.open('one');
    await net.delivered();
    expect(await net.fieldsAt(city, caseId)).toEqual(details);
    expect(await net.fieldsAt(township, caseId)).toEqual({});

    await net.review(caseId);
    await net.delivered();
    expect(await net.fieldsAt(township, caseId)).toEqual({ applicantName, applicantAddress, matter });
    expect(await net.fieldsAt(guest, caseId)).toEqual({});
    for (const tier of [city, county, township]) expect(await incidentsAt(net, tier)).toEqual([]);
  });

  it('comes with everything said before to a tier that is let into the case, as far as a guest may see', async () => {
    const net = await opened();
    const caseId = await net.open('shared');
    await net.review(caseId);
    await net.delivered();
    await net.act(city, 'leadCoordinator', '03', caseId, share);
    await net.delivered();
    expect(await net.fieldsAt(guest, caseId)).toEqual({ matter });
  });

  it('passes a tier between that can neither read nor keep it', async () => {
    const net = await opened();
    const caseId = await net.open('through');
    await net.review(caseId);
    await refuseStep(net, caseId);
    await net.delivered();
    expect(await net.fieldsAt(city, caseId, 'opinionGiven')).toEqual({ reasons: '村民反对' });

    const letters = net.seen.flatMap(({ line, frame }) =>
      line === township && frame.kind === 'letter' && frame.feed.destination === city ? [frame] : [],
    );
    expect(letters.length).toBeGreaterThan(0);
    const between = letterCipher(
      (tier) => encryptionKeyOf(net.at(tier).encryption),
      net.at(county).encryption,
    );
    for (const { jwe } of letters) {
      expect(await between.open(jwe)).toBeUndefined();
      for (const part of jwe.split('.'))
        expect(Buffer.from(part, 'base64url').toString('utf8')).not.toContain('村民反对');
    }
  });

  it('comes however often letters and receipts are lost or doubled on the way', async () => {
    const net = await opened();
    let n = 0;
    const badLine = (frame: LinkFrame): readonly LinkFrame[] => {
      if (frame.kind !== 'letter' && frame.kind !== 'letterReceipt') return [frame];
      n += 1;
      return n % 3 === 0 ? [frame, frame] : n % 3 === 1 ? [] : [frame];
    };
    for (const line of [county, township, guest]) net.net.mischief(line, badLine);
    const cases = [];
    for (const key of ['a', 'b', 'c']) cases.push(await net.open(key));
    for (const caseId of cases) await net.review(caseId);
    await net.delivered();
    for (const caseId of cases) {
      expect(await net.fieldsAt(city, caseId)).toEqual(details);
      expect(await net.fieldsAt(township, caseId)).toEqual({ applicantName, applicantAddress, matter });
    }
    expect(n).toBeGreaterThan(6);
  });

  it('is delivered by who comes after a crash, whatever had been said by then', async () => {
    const net = await opened();
    const noReceipts = (frame: LinkFrame) => (frame.kind === 'letterReceipt' ? [] : [frame]);
    net.net.mischief(county, noReceipts);
    const caseId = await net.open('crash');
    await net.net.until(async () => (await net.fieldsAt(city, caseId))['applicantName'] !== undefined);
    expect((await net.net.status(county)).owing).toBe(1);
    net.net.cut(county);
    await net.net.restart(county);
    expect((await net.net.status(county)).owing).toBe(1);
    net.net.mischief(county, (frame) => [frame]);
    net.net.restore(county);
    await net.delivered();
    expect(await net.fieldsAt(city, caseId)).toEqual(details);
  });

  it('waits for a link that is down, and comes when it is back', async () => {
    const net = await opened();
    const caseId = await net.open('waits');
    await net.act(county, 'windowClerk', '02', caseId, { type: 'preAccept' });
    await net.act(city, 'leadCoordinator', '03', caseId, { type: 'accept' });
    await net.delivered();
    net.net.cut(township);
    await net.act(city, 'leadCoordinator', '03', caseId, { type: 'openStage', stage: 'site' }, 'at once');
    await net.net.until(async () => (await net.net.status(county)).owing === 1);
    expect(await net.fieldsAt(township, caseId)).toEqual({});
    net.net.restore(township);
    await net.delivered();
    expect(await net.fieldsAt(township, caseId)).toEqual({ applicantName, applicantAddress, matter });
  });

  it('is not acknowledged by a tier between in the name of its destination', async () => {
    const net = await opened();
    const caseId = await net.open('forged');
    await net.review(caseId);
    await net.delivered();
    let swallowed = 0;
    /** The county keeps the township's letters to itself and says that they arrived. */
    const swallow = (frame: LinkFrame): readonly LinkFrame[] => {
      if (frame.kind !== 'letter' || frame.feed.destination !== city) return [frame];
      swallowed += 1;
      return [];
    };
    net.net.mischief(township, swallow);
    const digests = await refusalDigests(net, caseId);
    await net.net.until(() => swallowed > 0);
    const feed = { author: township, destination: city };
    const outcomes = digests.map((digest) => ({ digest, code: 'held' as const }));
    const forged = letterReceipt(
      { self: net.at(county).author, sign: net.at(county).sign },
      { feed, outcomes },
    );
    net.net.inject(township, forged);
    await net.net.until(async () => (await incidentsAt(net, township)).includes('letter-receipt-forged'));
    expect((await net.net.status(township)).owing).toBe(1);
    net.net.mischief(township, (frame) => [frame]);
    await net.delivered();
    expect(await net.fieldsAt(city, caseId, 'opinionGiven')).toEqual({ reasons: '村民反对' });
  });

  it('costs nothing where nothing is withheld: no place is saved for events that concern nobody', async () => {
    const net = await opened();
    await net.delivered();
    const before = await net.at(county).deliveries.followed();
    const item = await net.at(county).publish('X1');
    await net.at(county).say(item);
    await net.delivered();
    expect(await net.at(county).deliveries.followed()).toBe(before);
    const caseId = await net.open('after');
    await net.delivered();
    expect(await net.at(county).deliveries.followed()).toBeGreaterThan(before);
    expect(await net.fieldsAt(city, caseId)).toEqual(details);
  });

  it('waits for a tier that has no key to encrypt to', async () => {
    const net = await opened();
    const caseId = await net.open('keyless');
    await net.delivered();
    net.keyless.add(guest);
    await net.act(city, 'leadCoordinator', '03', caseId, share);
    await net.net.until(async () => (await net.net.status(county)).owing === 1);
    expect(await net.fieldsAt(guest, caseId)).toEqual({});
    net.keyless.delete(guest);
    await net.delivered();
    expect(await net.fieldsAt(guest, caseId)).toEqual({ matter });
  });
});
