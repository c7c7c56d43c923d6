import { expect } from '@jest/globals';
import type { Delivery } from '../src/delivered.ts';
import type { Entry } from '../src/entry.ts';
import type { EventHash } from '../src/names.ts';
import { caseDigest, type Ordering, selfForks, undeliverable } from '../src/register-order.ts';
import { city, county, hashOf, mandate, neighbour, sha256, story, township } from './story.ts';

export type OrderOf = (entries: readonly Entry[], delivery?: Delivery) => Ordering;

/** The rules of the register order, each in a small case. Run by the spec, and against broken rules. */
export const orderExamples: Readonly<Record<string, (orderOf: OrderOf) => void>> = {
  'the lead files what it has seen, in the order of the keys, and the rest is the tail': (orderOf) => {
    const { entries, told, opened, fact, act } = story();
    const open = opened('open', township, mandate(county));
    const seen = fact('seen', township, [open]);
    const late = fact('late', neighbour, [open]);
    const filed = act('filed', county, [seen], '0.0');
    fact('answer', neighbour, [late, filed]);
    expect(told(orderOf(entries))).toBe('open seen filed | late answer');
  },

  'equal heights are ordered by tier, then by epoch as a number': (orderOf) => {
    const { entries, told, opened, fact } = story();
    const open = opened('open', county, mandate(county));
    fact('epoch-10', township, [open], { epoch: 10 });
    fact('epoch-2', township, [open], { epoch: 2 });
    fact('city', city, [open]);
    expect(told(orderOf(entries))).toBe('open | city epoch-2 epoch-10');
  },

  'a cause stands before its effect even if the tier of the effect comes first': (orderOf) => {
    const { entries, told, opened, fact } = story();
    const open = opened('open', county, mandate(county));
    const cause = fact('cause', township, [open]);
    fact('effect', city, [cause]);
    expect(told(orderOf(entries))).toBe('open | cause effect');
  },

  'the intake may open a case that another tier leads': (orderOf) => {
    const { entries, told, opened, act } = story();
    const open = opened('open', township, mandate(city));
    act('filed', city, [open], '0.0');
    const order = orderOf(entries);
    expect(told(order)).toBe('open filed |');
    expect(order.placed.map(({ leadThen }) => leadThen)).toEqual([undefined, mandate(city)]);
    expect(order.current).toMatchObject({ term: { takeovers: 0, transfers: 0 }, lead: mandate(city) });
  },

  'of two takeovers the higher tier’s stands and the other’s acts are superseded': (orderOf) => {
    const { entries, told, opened, fact, act, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const byCounty = takenOver('county-takes', county, [open], '1.0');
    const deed = act('county-acts', county, [byCounty], '1.0');
    fact('county-says', county, [deed]);
    const busy = fact('city-says', city, [open]);
    const byCity = takenOver('city-takes', city, [busy], '1.0');
    act('city-acts', city, [byCity], '1.0');
    const order = orderOf(entries);
    expect(told(order)).toBe(
      'open city-says city-takes city-acts | [county-takes] [county-acts] county-says',
    );
    expect(order.current?.lead).toEqual(mandate(city));
  },

  'of two takeovers by one tier the one with the smaller key stands': (orderOf) => {
    const { entries, told, opened, fact, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const more = fact('more', township, [open]);
    takenOver('later', city, [more], '1.0', { epoch: 0 });
    takenOver('sooner', city, [open], '1.0', { epoch: 1 });
    expect(told(orderOf(entries))).toBe('open sooner | more [later]');
  },

  'the transfers of a takeover that lost die with it': (orderOf) => {
    const { entries, told, opened, act, transferred, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const byCounty = takenOver('county-takes', county, [open], '1.0');
    const handed = transferred('handed', county, mandate(neighbour), [byCounty], '1.0');
    act('neighbour-acts', neighbour, [handed], '1.1');
    const byCity = takenOver('city-takes', city, [open], '1.0');
    act('city-acts', city, [byCity], '1.0');
    const order = orderOf(entries);
    expect(told(order)).toBe('open city-takes city-acts | [county-takes] [handed] [neighbour-acts]');
    expect(order.current?.term).toEqual({ takeovers: 1, transfers: 0 });
  },

  'someone who sees both a lost claim with its transfers and the claim that won follows the winner': (
    orderOf,
  ) => {
    const { entries, told, opened, act, transferred, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const byCounty = takenOver('county-takes', county, [open], '1.0');
    const handed = transferred('handed', county, mandate(neighbour), [byCounty], '1.0');
    const byCity = takenOver('city-takes', city, [open], '1.0');
    act('city-acts', city, [byCity, handed], '1.0');
    act('neighbour-acts', neighbour, [byCity, handed], '1.1');
    expect(told(orderOf(entries))).toBe(
      'open city-takes [county-takes] [handed] city-acts | [neighbour-acts]',
    );
  },

  'an event knows what any of its parents knew': (orderOf) => {
    const { entries, told, opened, fact, act, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const said = fact('said', township, [open]);
    const taken = takenOver('taken', county, [open], '1.0');
    act('county-acts', county, [said, taken], '1.0');
    expect(told(orderOf(entries))).toBe('open taken said county-acts |');
  },

  'an old lead that goes on writing is superseded, while what the takeover had seen of it stands': (
    orderOf,
  ) => {
    const { entries, told, opened, act, fact, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const before = act('before', township, [open], '0.0');
    const rogue = act('rogue', township, [before], '0.0');
    const fact1 = fact('inspected', township, [rogue]);
    const taken = takenOver('taken', county, [before], '1.0');
    act('county-acts', county, [taken, fact1], '1.0');
    expect(told(orderOf(entries))).toBe('open before taken [rogue] inspected county-acts |');
  },

  'a transfer that a takeover had not seen is superseded, with what the new lead did': (orderOf) => {
    const { entries, told, opened, act, transferred, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const handed = transferred('handed', township, mandate(county), [open], '0.0');
    act('county-acts', county, [handed], '0.1');
    takenOver('taken', city, [open], '1.0');
    expect(told(orderOf(entries))).toBe('open taken | [handed] [county-acts]');
  },

  'a transfer that a takeover had seen stands': (orderOf) => {
    const { entries, told, opened, act, transferred, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const handed = transferred('handed', township, mandate(county), [open], '0.0');
    const taken = takenOver('taken', city, [handed], '1.0');
    act('county-acts', county, [handed], '0.1');
    act('city-acts', city, [taken], '1.0');
    expect(told(orderOf(entries))).toBe('open handed taken city-acts | [county-acts]');
  },

  'a later takeover stands over a better claim to an earlier one that it had not seen': (orderOf) => {
    const { entries, told, opened, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const byCounty = takenOver('county-takes', county, [open], '1.0');
    takenOver('city-takes-first', city, [open], '1.0', { epoch: 0 });
    takenOver('city-takes-second', city, [byCounty], '2.0', { epoch: 1 });
    expect(told(orderOf(entries))).toBe('open county-takes city-takes-second | [city-takes-first]');
  },

  'a lead restored from a backup that forgot its transfer is left behind by the new lead’s first act': (
    orderOf,
  ) => {
    const { entries, told, opened, act, transferred } = story();
    const open = opened('open', township, mandate(township));
    const handed = transferred('handed', township, mandate(county), [open], '0.0');
    act('restored-acts', township, [open], '0.0', { epoch: 1 });
    const waiting = orderOf(entries);
    expect(told(waiting)).toBe('open handed restored-acts |');
    expect(waiting.current?.lead).toEqual(mandate(county));
    act('county-acts', county, [handed], '0.1');
    expect(told(orderOf(entries))).toBe('open handed county-acts | [restored-acts]');
  },

  'of two transfers out of one term the higher new lead’s stands and the other came to nothing': (
    orderOf,
  ) => {
    const { entries, told, opened, act, transferred } = story();
    const open = opened('open', township, mandate(township));
    const down = transferred('down', township, mandate(neighbour), [open], '0.0');
    transferred('up', township, mandate(county), [open], '0.0', { epoch: 1 });
    act('neighbour-acts', neighbour, [down], '0.1');
    const order = orderOf(entries);
    expect(told(order)).toBe('open up | [down] [neighbour-acts]');
    expect(order.current?.lead).toEqual(mandate(county));
  },

  'a spine event that states another term than its author knew orders nothing': (orderOf) => {
    const { entries, told, opened, act, takenOver } = story();
    const open = opened('open', county, mandate(county));
    const ahead = act('ahead', county, [open], '0.1');
    const far = act('far', county, [ahead], '7.0');
    takenOver('skips', city, [far], '2.0');
    expect(told(orderOf(entries))).toBe('open | [ahead] [far] [skips]');
  },

  'an old lead that has seen the new one cannot write under its old term': (orderOf) => {
    const { entries, told, opened, act, takenOver } = story();
    const open = opened('open', township, mandate(township));
    const taken = takenOver('taken', county, [open], '1.0');
    act('denies', township, [taken], '0.0');
    act('pretends', township, [taken], '1.0', { sequence: 2, epoch: 0, hash: hashOf('pretends') });
    expect(told(orderOf(entries, { stands: ({ hash }) => hash === hashOf('denies') }))).toBe(
      'open taken | [denies]',
    );
    expect(told(orderOf(entries, { stands: ({ hash }) => hash === hashOf('pretends') }))).toBe(
      'open taken | [pretends]',
    );
  },

  'a mandate of another department or another tier orders nothing': (orderOf) => {
    const { entries, told, opened, act, transferred, takenOver } = story();
    const open = opened('open', township, mandate(county));
    const other = act('other-department', county, [open], '0.0', { under: mandate(county, 'water') });
    act('borrowed', township, [open], '0.0', { under: mandate(county) });
    transferred('grab', neighbour, mandate(neighbour), [open], '0.0');
    takenOver('for-another', city, [other], '1.0', { under: mandate(county) });
    expect(told(orderOf(entries))).toBe('open | [other-department] [borrowed] [grab] [for-another]');
  },

  'only a superior of the lead takes over': (orderOf) => {
    const { entries, told, opened, takenOver } = story();
    const open = opened('open', county, mandate(county));
    takenOver('from-below', township, [open], '1.0');
    takenOver('from-itself', county, [open], '1.0');
    expect(told(orderOf(entries))).toBe('open | [from-itself] [from-below]');
  },

  'an event without parents that is not the opening is not deliverable': (orderOf) => {
    const { entries, told, opened, fact } = story();
    const open = opened('open', county, mandate(county));
    const usurped = opened('usurped', township, mandate(township));
    fact('orphan', neighbour, []);
    fact('follows', city, [usurped]);
    expect(told(orderOf(entries))).toBe('open |');
    expect(told(orderOf(entries, { root: usurped.hash }))).toBe('usurped | follows');
    expect(told(orderOf(entries, { root: open.hash }))).toBe('open |');
  },

  'a second opening inside a case has no effect': (orderOf) => {
    const { entries, told, opened, act } = story();
    const open = opened('open', county, mandate(county));
    const again = opened('again', township, mandate(township), [open]);
    act('follows', township, [again], '0.0');
    expect(told(orderOf(entries))).toBe('open | [again] [follows]');
  },

  'a foreign event waits until it is anchored, and so does what follows it; one’s own does not': (
    orderOf,
  ) => {
    const { entries, told, opened, fact, act } = story();
    const open = opened('open', county, mandate(county));
    const foreign = fact('foreign', township, [open]);
    fact('own', city, [open]);
    act('built-on-it', county, [foreign], '0.0');
    const anchored = ({ hash }: Entry) => hash !== foreign.hash;
    expect(told(orderOf(entries, { own: city, anchored }))).toBe('open | own');
    expect(told(orderOf(entries, { own: township, anchored }))).toBe('open foreign built-on-it | own');
    expect(told(orderOf(entries, { own: city, anchored: ({ tier }) => tier === county }))).toBe('open | own');
  },

  'a false height, a gap in the author’s numbers or a hidden predecessor is not deliverable': (orderOf) => {
    const { entries, told, opened, fact } = story();
    const open = opened('open', county, mandate(county));
    fact('tall', neighbour, [open], { height: 3 });
    fact('low', neighbour, [open], { height: 1, epoch: 1 });
    fact('gap', city, [open], { sequence: 2 });
    const one = fact('one', township, [open]);
    fact('hides-one', township, [open]);
    const order = orderOf(entries);
    expect(told(order)).toBe('open | one');
    expect(undeliverable(order)).toHaveLength(4);
    expect(one.height).toBe(2);
  },

  'a lead that hides parents takes back no line of its own, and what it hides of others stays in the case': (
    orderOf,
  ) => {
    const { entries, told, opened, fact, act } = story();
    const open = opened('open', county, mandate(county));
    const said = fact('said', township, [open]);
    fact('inconvenient', city, [open]);
    const filed = act('filed', county, [said], '0.0');
    act('unsays', county, [open], '0.0');
    act('concludes', county, [filed], '0.0', { sequence: 3 });
    const order = orderOf(entries);
    expect(told(order)).toBe('open said filed concludes | inconvenient');
    expect(undeliverable(order)).toHaveLength(1);
  },

  'of two events under one number the one that stands counts, and both are evidence': (orderOf) => {
    const { entries, told, opened, fact, act } = story();
    const open = opened('open', county, mandate(county));
    const said = fact('said', township, [open], { sequence: 1, hash: 'b'.repeat(64) as EventHash });
    const denied = fact('denied', township, [open], { sequence: 1, hash: 'c'.repeat(64) as EventHash });
    act('filed', county, [said], '0.0');
    act('filed-too', county, [open], '0.0', { epoch: 1 });
    const [byHash, bySeq] = [
      orderOf(entries),
      orderOf(entries, { stands: ({ hash }) => hash === denied.hash }),
    ];
    expect(told(byHash)).toBe('open filed-too said filed |');
    expect(told(bySeq)).toBe('open filed-too | denied');
    for (const order of [byHash, bySeq])
      expect(selfForks(order).map((fork) => fork.map(({ hash }) => hash).sort())).toEqual([
        [said.hash, denied.hash],
      ]);
  },

  'the digest is that of the register’s event hashes and does not know the tail': (orderOf) => {
    const { entries, opened, fact, act } = story();
    const open = opened('open', county, mandate(county));
    const filed = act('filed', county, [open], '0.0');
    const digest = Buffer.from(sha256(Buffer.from(open.hash + filed.hash, 'hex'))).toString('hex');
    expect(caseDigest(sha256, orderOf(entries))).toBe(digest);
    const said = fact('said', township, [open]);
    expect(caseDigest(sha256, orderOf(entries))).toBe(digest);
    act('filed-more', county, [filed, said], '0.0');
    expect(caseDigest(sha256, orderOf(entries))).not.toBe(digest);
  },
};
