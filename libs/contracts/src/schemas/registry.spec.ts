import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { caseFactNames, caseFactType } from '@liandong/domain/case';
import {
  decodeEvent,
  type Envelope,
  eventBytes,
  type Source,
  type StreamName,
  twentyDigits,
  withhold,
} from '@liandong/kernel';
import fc from 'fast-check';
import { arbitraryOf } from '../../test/arbitrary-of.ts';
import {
  checkOwnSchema,
  checkSchema,
  dataschemaOf,
  decodeCaseFact,
  decodeFact,
  eventSchemas,
  jsonSchemaOf,
  knownTypes,
} from './registry.ts';

const types = Object.keys(eventSchemas) as (keyof typeof eventSchemas)[];
const samples = new Map(types.map((type) => [type, arbitraryOf(eventSchemas[type])]));
const dataOf = (type: keyof typeof eventSchemas) =>
  samples.get(type) as fc.Arbitrary<Record<string, unknown>>;
const facts = types.map((type) => fc.record({ type: fc.constant(type), data: dataOf(type) }));
const anyType = fc.constantFrom(...types);
const anyFact = fc.oneof(...facts);

const envelopeOf = (type: string, data: unknown): Envelope => ({
  specversion: '1.0',
  id: '5a7c7a1e-0000-8000-8000-000000000000',
  source: 'https://test.example/tiers/431000/0' as Source,
  type,
  subject: 'case-00000000000000000000000000000000' as StreamName,
  time: '2026-03-02T01:00:00.000Z',
  recordedtime: '2026-03-02T01:00:00.000Z',
  datacontenttype: 'application/json',
  dataschema: dataschemaOf(type),
  sequence: twentyDigits(1),
  parents: '',
  height: twentyDigits(1),
  term: '0.0',
  authtype: 'user',
  authid: 'someone',
  data,
});

describe('the schemas of events', () => {
  it('exist for every fact of a case', () => {
    expect(knownTypes).toEqual(expect.arrayContaining(caseFactNames.map(caseFactType)));
  });

  it.each(types)('bring %s back unchanged from its bytes', (type) => {
    fc.assert(
      fc.property(dataOf(type), (data) => {
        const bytes = eventBytes(envelopeOf(type, data));
        const read = decodeEvent(bytes);
        expect(checkOwnSchema(type, read.data)).toEqual({ ok: true, value: 'known' });
        expect(decodeFact(read)).toEqual({ type, data });
        expect(eventBytes(read)).toEqual(bytes);
      }),
      { numRuns: 20 },
    );
  });

  it('accept the digests of what a fact withholds', () => {
    let salts = 0;
    const { data } = withhold(
      sha256,
      () => `salt${salts++}`,
      { by: { role: 'windowClerk' } },
      { note: '补充说明', phone: '139', address: '桂阳县' },
    );
    expect(checkOwnSchema('liandong.case.filed.v1', data)).toEqual({ ok: true, value: 'known' });
    expect(data._sd).toHaveLength(3);
  });

  it('refuse digests that are not sorted, for their order would tell which is which', () => {
    const digests = ['b', 'a'].map((letter) => letter.repeat(43));
    expect(checkSchema('liandong.case.filed.v1', { by: { role: 'system' }, _sd: digests })).toEqual({
      ok: false,
      refusal: { code: 'schema-violation', field: '/_sd', rule: 'sorted, each once' },
    });
  });

  it('refuse a member nobody knows from this tier, and let it pass from another', () => {
    fc.assert(
      fc.property(anyFact, fc.nat(), ({ type, data }, seed) => {
        const { whole, pointer } = withSurplus(data, seed);
        expect(checkOwnSchema(type, whole)).toEqual({
          ok: false,
          refusal: { code: 'schema-violation', field: pointer, rule: 'unknown member' },
        });
        expect(checkSchema(type, whole)).toEqual({ ok: true, value: 'known' });
        expect(decodeFact({ type, data: whole })).toEqual({ type, data: whole });
      }),
      { numRuns: 200 },
    );
  });

  it('refuse a member of the wrong type from anybody, and say which', () => {
    fc.assert(
      fc.property(
        anyFact,
        fc.nat(),
        fc.constantFrom(null, 1.5, [], {}, '\u0000'),
        ({ type, data }, at, wrong) => {
          const names = Object.keys(data);
          fc.pre(names.length > 0);
          const name = names[at % names.length]!;
          fc.pre(JSON.stringify(data[name]) !== JSON.stringify(wrong));
          const spoilt = { ...data, [name]: wrong };
          fc.pre(!eventSchemas[type].safeParse(spoilt).success);
          const checked = checkSchema(type, spoilt);
          expect(checked).toMatchObject({ ok: false, refusal: { code: 'schema-violation' } });
          if (!checked.ok) expect(checked.refusal.field).toMatch(new RegExp(`^/${name}`));
          expect(decodeFact({ type, data: spoilt })).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never throw, whatever the data is', () => {
    fc.assert(
      fc.property(anyType, fc.anything(), (type, data) => {
        checkSchema(type, data);
        decodeFact({ type, data });
      }),
    );
  });

  it('know nothing of a later major version, which is no fault', () => {
    const later = { type: 'liandong.case.filed.v2', data: { anything: true } };
    expect(checkSchema(later.type, later.data)).toEqual({ ok: true, value: 'unknown' });
    expect(checkOwnSchema(later.type, later.data).ok).toBe(false);
    expect(decodeFact(later)).toBeUndefined();
    expect(checkSchema('toString', {})).toEqual({ ok: true, value: 'unknown' });
    expect(decodeFact({ type: 'toString', data: {} })).toBeUndefined();
  });

  it('give a case no fact of another context', () => {
    const data = { agentPoint: '431021106201' };
    expect(decodeFact({ type: 'liandong.tier.agentPointClosed.v1', data })).toBeDefined();
    expect(decodeCaseFact({ type: 'liandong.tier.agentPointClosed.v1', data })).toBeUndefined();
  });

  it.each(types)('are published for %s as JSON Schema under the name that envelopes state', (type) => {
    expect(jsonSchemaOf(type)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:liandong:schema:${type}`,
    });
  });
});

/** Puts an unknown member into one of the objects of a value, and says where. */
const withSurplus = (value: Record<string, unknown>, seed: number) => {
  const whole = structuredClone(value);
  const objects = objectsIn(whole, '', undefined);
  const { object, pointer } = objects[seed % objects.length]!;
  object['surplus'] = { of: 'a newer build' };
  return { whole, pointer: `${pointer}/surplus` };
};

type Found = { readonly object: Record<string, unknown>; readonly pointer: string };

const objectsIn = (value: unknown, pointer: string, name: string | undefined): readonly Found[] => {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.entries(value).flatMap(([key, one]) => objectsIn(one, `${pointer}/${key}`, key));
  // An array has no members, and `superiors` is a map: any tier may stand in it.
  if (Array.isArray(value) || name === 'superiors') return within;
  return [{ object: value as Record<string, unknown>, pointer }, ...within];
};
