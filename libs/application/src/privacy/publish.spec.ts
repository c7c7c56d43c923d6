import { beforeAll, describe, expect, it } from '@jest/globals';
import { digestsWithheld } from '@liandong/domain/privacy';
import { type Disclosure, fromUtf8, type StreamName, utf8 } from '@liandong/kernel';
import { auditedTier, folderOf, suite } from '../../test/audited-network.ts';
import {
  city,
  county,
  deliver,
  foundTier,
  must,
  opened,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { type Proven, provenInExports, type VerifiedFolder } from '../audit/proven-events.ts';
import { type DisclosedField, publishRedacted, verifyRedacted } from './publish.ts';
import type { Policy } from '@liandong/ledger';

let events: readonly Proven[];
let fields: readonly Disclosure[];
let policies: readonly Policy[];
let others: readonly Proven[];
let folder: VerifiedFolder;
let caseId: StreamName;
const published = new Map<string, Uint8Array>();
const nameOf = ({ name }: Disclosure) => name === 'applicantName';

const publish = async (chosen: readonly Disclosure[], files = new Map<string, Uint8Array>()) => ({
  made: await publishRedacted(
    suite.sha256,
    [folder],
    caseId,
    chosen,
    async (path, bytes) => void files.set(path, bytes),
  ),
  files,
});

beforeAll(async () => {
  const clock = testClock();
  const tiers = [await auditedTier(city, clock), await auditedTier(county, clock)] as const;
  const atTownship = await auditedTier(township, clock);
  for (const tier of [...tiers, atTownship]) await foundTier(tier);
  for (const from of [...tiers, atTownship]) for (const to of tiers) if (from !== to) await deliver(from, to);
  const [, atCounty] = tiers;
  caseId = await opened(atCounty, 'published');
  for (const tier of tiers) await tier.anchor('2026-03-12T02:00:05.000Z');
  const size = (await atCounty.book.head())?.size ?? 0;
  folder = { ...folderOf('county', await atCounty.export()), origin: 'test.example/431021/1', size };
  events = await provenInExports(suite.sha256, [folder], (stream) => stream === caseId);
  fields = await atCounty.store.disclosures(events.flatMap(({ envelope }) => digestsWithheld(envelope.data)));
  others = await provenInExports(suite.sha256, [folder], (stream) => stream !== caseId);
  policies = tiers.map(({ policy }) => policy);
  must((await publish(fields.filter(nameOf), published)).made);
}, 120_000);

const changed = (path: string, change: (bytes: Uint8Array) => Uint8Array | undefined) => {
  const files = new Map(published);
  const bytes = change(files.get(path) ?? new Uint8Array());
  if (bytes === undefined) files.delete(path);
  else files.set(path, bytes);
  return verifyRedacted(suite, files);
};
const disclosed = (): DisclosedField =>
  (JSON.parse(fromUtf8(published.get('disclosed.json') ?? new Uint8Array())) as DisclosedField[])[0] ??
  fail();
const fail = (): never => {
  throw new Error('one field is disclosed');
};
const saying = (change: Partial<Record<keyof DisclosedField, unknown>>) =>
  changed('disclosed.json', () => utf8(JSON.stringify([{ ...disclosed(), ...change }])));
const only = (folder: string) => [...published.keys()].find((path) => path.startsWith(folder)) ?? fail();

describe('a redacted case', () => {
  it('is verified with nothing but its files, and shows what was chosen alone', () => {
    const { events: proven, fields: shown, withheld } = must(verifyRedacted(suite, published));
    expect(proven.map(({ envelope }) => envelope.type)).toEqual(['liandong.case.opened.v1']);
    expect(shown).toEqual([
      expect.objectContaining({ name: 'applicantName', value: '桂阳某某有限公司', event: events[0]?.hash }),
    ]);
    expect(withheld).toBe(1);
    const everything = [...published.values()].map((bytes) => Buffer.from(bytes).toString()).join('\n');
    expect(everything).not.toContain('厂房建设');
    expect(everything).not.toContain(fields.find((field) => !nameOf(field))?.salt);
  });

  it('is verified under the policy that the reader brings, and under no other', () => {
    const [ofCity, ofCounty] = policies;
    expect(verifyRedacted(suite, published, ofCounty)).toMatchObject({ ok: true });
    expect(verifyRedacted(suite, published, ofCity)).toMatchObject({
      refusal: { code: 'proof-refused' },
    });
  });

  it('does not verify with a field that was changed, or that the event never had', () => {
    const refused = { ok: false, refusal: { code: 'field-not-of-event' } };
    expect(saying({ value: '另一公司' })).toMatchObject(refused);
    expect(saying({ name: 'matter' })).toMatchObject(refused);
    expect(saying({ salt: `${disclosed().salt.slice(1)}A` })).toMatchObject(refused);
    expect(saying({ event: '0'.repeat(64) })).toMatchObject({ refusal: { code: 'event-not-proven' } });
  });

  it('does not verify with an event that was changed, exchanged or taken away', () => {
    const [event, proof] = [only('events/'), only('proofs/')];
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
    for (const edited of [
      changed(event, (bytes) => utf8(text(bytes).replace('"pilot":false', '"pilot":true'))),
      changed(event, (bytes) => bytes.slice(1)),
      changed(proof, () => undefined),
      changed(proof, (bytes) => utf8(text(bytes).replace(/^index (\d+)/m, 'index 0'))),
      changed(only('policies/'), () => undefined),
      changed('events/other.json', () => published.get(event)),
    ])
      expect(edited).toMatchObject({ ok: false, refusal: { code: 'proof-refused' } });
    expect(changed(event, () => undefined)).toMatchObject({ refusal: { code: 'no-events' } });
  });

  it('is of one case', () => {
    const [other] = others;
    if (other === undefined) throw new Error('the ledger has more than the case');
    const files = new Map([
      ...published,
      [`events/${other.hash}.json`, other.bytes] as const,
      [`proofs/${other.hash}.tlog-proof`, other.proof] as const,
    ]);
    const path = `events/${other.hash}.json`;
    expect(verifyRedacted(suite, files)).toEqual({ ok: false, refusal: { code: 'other-case', path } });
  });

  it('does not verify with a list of fields that is none', () => {
    for (const text of ['', '{}', '[{}]', '[null]', '[{"event":"a","salt":"b","name":"c"}]', '\xff'])
      expect(changed('disclosed.json', () => Buffer.from(text, 'latin1'))).toEqual({
        ok: false,
        refusal: { code: 'file-malformed', path: 'disclosed.json' },
      });
    expect(changed('disclosed.json', () => undefined)).toMatchObject({
      refusal: { code: 'file-malformed' },
    });
    expect(changed('disclosed.json', () => utf8('[]'))).toMatchObject({ ok: true });
  });

  it('is not published with a field that none of its events carries', async () => {
    const [first] = fields;
    const { made, files } = await publish([...(first === undefined ? [] : [{ ...first, digest: 'x' }])]);
    expect(made).toEqual({ ok: false, refusal: { code: 'field-not-of-events', digests: ['x'] } });
    expect(files.size).toBe(0);
    const nothing = await publishRedacted(suite.sha256, [folder], 'case-0' as StreamName, [], async () => {});
    expect(nothing).toEqual({ ok: false, refusal: { code: 'case-unknown' } });
  });
});
