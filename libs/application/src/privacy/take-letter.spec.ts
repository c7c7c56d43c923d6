import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  decodeEvent,
  type Disclosure,
  type EventHash,
  parentsOf,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import { exchangeDeps } from '@liandong/testing';
import { details, type DisclosingNetwork, disclosingNetwork } from '../../test/disclosing-network.ts';
import { city, county, document, township } from '../../test/sample-network.ts';
import type { PrivacyParts } from './privacy-parts.ts';
import { digestsIn } from '../views/disclosed.ts';
import { type LetterContent, type LetterField, writeLetter } from './letter.ts';
import { letterTaker } from './take-letter.ts';

const unknown = 'ee'.repeat(32) as EventHash;

describe('a letter with personal fields', () => {
  let net: DisclosingNetwork;
  let caseId: StreamName;
  let heads: readonly EventHash[];
  let held: Disclosure[];
  let tombstoned: string[];
  /** The fields of the opening, which the county wrote, and of the township's opinion. */
  let opening: readonly LetterField[];
  let opinion: readonly LetterField[];

  const fieldsOf = async (author: TierCode, type: string): Promise<readonly LetterField[]> => {
    const events = await net.at(author).store.read(caseId);
    const event = events.find((one) => one.type === type);
    if (event === undefined) throw new Error(`no ${type}`);
    const disclosures = await net.at(author).disclosures.held(digestsIn(decodeEvent(event.bytes).data));
    return disclosures.map(({ salt, name, value }) => ({ event: event.hash, salt, name, value }));
  };
  const named = (name: string) => opening.filter((field) => field.name === name);

  beforeAll(async () => {
    net = await disclosingNetwork();
    caseId = await net.open('letters');
    await net.review(caseId);
    await net.act(township, 'reviewer', '01', caseId, {
      ...{ type: 'giveOpinion', step: 'residents', result: 'refuse', document: document(9) },
      reasons: '村民反对',
    });
    await net.delivered();
    opening = await fieldsOf(county, 'liandong.case.opened.v1');
    opinion = await fieldsOf(township, 'liandong.case.opinionGiven.v1');
    const events = await net.at(county).store.read(caseId);
    const parents = new Set(events.flatMap(({ bytes }) => parentsOf(decodeEvent(bytes))));
    heads = events.flatMap(({ hash }) => (parents.has(hash) ? [] : [hash]));
  });
  afterAll(() => net.net.stop());
  beforeEach(() => {
    held = [];
    tombstoned = [];
  });

  const depsOf = (tier: TierCode) => {
    const all = new Map([city, county, township].map((each) => [each, net.at(each)]));
    const deps = exchangeDeps(net.at(tier), net.net.tree, all, () => Promise.resolve());
    return { ...deps, ...(deps.privacy as PrivacyParts) };
  };
  const takerAt = (tier: TierCode) =>
    letterTaker({
      ...depsOf(tier),
      disclosures: {
        hold: async (some) => {
          held.push(...some);
          return { tombstoned };
        },
      },
    });
  const content = (fields: readonly LetterField[], change: Partial<LetterContent> = {}): LetterContent => ({
    ...{ network: 'test.example', author: county, destination: city },
    cases: [{ stream: caseId, heads, fields }],
    ...change,
  });
  /** Closed for `to`, written by `by`, whatever the letter says of itself. */
  const closed = async (by: TierCode, to: TierCode, letter: LetterContent) =>
    (await depsOf(by).cipher.close(to, writeLetter(net.at(by).sign, letter))) ?? '';
  const letterFrom = async (by: TierCode, to: TierCode, letter: LetterContent, under = by) => ({
    kind: 'letter' as const,
    feed: { author: under, destination: to },
    jwe: await closed(by, to, letter),
  });
  const codesAt = async (tier: TierCode, letter: Awaited<ReturnType<typeof letterFrom>>) => {
    const before = (await net.at(tier).book.incidents(100)).length;
    const receipt = await takerAt(tier)(county, letter);
    const incidents = await net.at(tier).book.incidents(100);
    return {
      outcomes: receipt?.outcomes.map(({ code }) => code),
      incidents: incidents.slice(0, incidents.length - before).map(({ code }) => code),
    };
  };

  it('is taken in field by field, and answered for each', async () => {
    const letter = await letterFrom(county, city, content(opening));
    expect(await codesAt(city, letter)).toEqual({ outcomes: opening.map(() => 'held'), incidents: [] });
    expect(Object.fromEntries(held.map(({ name, value }) => [name, value]))).toEqual(details);
  });

  it('whose field is not what the event withheld is an incident, and the field is not held', async () => {
    const [field] = named('applicantName');
    for (const change of [{ value: '另一人' }, { salt: 'AAAAAAAAAAAAAAAAAAAAAA' }, { name: 'matter' }]) {
      const letter = await letterFrom(county, city, content([{ ...field!, ...change }]));
      expect(await codesAt(city, letter)).toEqual({
        outcomes: ['refused'],
        incidents: ['disclosure-differs'],
      });
    }
    expect(held).toEqual([]);
  });

  it('about an event that is not its author’s is an incident, and nothing of it is held', async () => {
    const letter = await letterFrom(county, city, content(opinion));
    expect(await codesAt(city, letter)).toEqual({
      outcomes: ['refused'],
      incidents: ['disclosure-of-another'],
    });
    expect(held).toEqual([]);
  });

  it('about an event that has not come yet is asked for again', async () => {
    const letter = await letterFrom(county, city, content([{ ...named('matter')[0]!, event: unknown }]));
    expect(await codesAt(city, letter)).toEqual({ outcomes: ['not-yet'], incidents: [] });
    expect(held).toEqual([]);
  });

  it('with what this tier may not hold is an incident, once it knows all that its author knew', async () => {
    const told = content(named('applicantPhone'), { destination: township });
    expect(await codesAt(township, await letterFrom(county, township, told))).toEqual({
      outcomes: ['refused'],
      incidents: ['disclosure-not-entitled'],
    });
    const ahead = { ...told, cases: told.cases.map((one) => ({ ...one, heads: [unknown] })) };
    expect(await codesAt(township, await letterFrom(county, township, ahead))).toEqual({
      outcomes: ['not-yet'],
      incidents: [],
    });
    expect(held).toEqual([]);
  });

  it('that another wrote in the author’s name is an incident, and is not answered', async () => {
    const forged = [
      await letterFrom(township, city, content(opening), county),
      await letterFrom(county, city, content(opening, { destination: township })),
      await letterFrom(county, city, content(opening, { author: township })),
      await letterFrom(county, city, content(opening, { network: 'elsewhere.example' })),
    ];
    for (const letter of forged)
      expect(await codesAt(city, letter)).toEqual({ outcomes: undefined, incidents: ['letter-forged'] });
    expect(held).toEqual([]);
  });

  it('that is closed for another tier says nothing here, and is one incident however often it comes', async () => {
    const strange = {
      ...(await letterFrom(county, township, content(opening))),
      feed: { author: county, destination: city },
    };
    const take = takerAt(city);
    const before = (await net.at(city).book.incidents(100)).length;
    for (let n = 0; n < 3; n++) expect(await take(county, strange)).toBeUndefined();
    const incidents = await net.at(city).book.incidents(100);
    expect(incidents.slice(0, incidents.length - before).map(({ code }) => code)).toEqual([
      'letter-unreadable',
    ]);
  });

  it('brings back nothing that was erased here', async () => {
    const letter = await letterFrom(county, city, content(named('matter')));
    tombstoned = [...(await net.digestsOf(caseId))];
    expect(await codesAt(city, letter)).toEqual({ outcomes: ['erased'], incidents: [] });
  });

  it('leaves no clear text in any incident', async () => {
    for (const tier of [city, county, township]) {
      const said = JSON.stringify(await net.at(tier).book.incidents(1_000));
      for (const value of Object.values(details)) expect(said).not.toContain(value);
    }
  });
});
