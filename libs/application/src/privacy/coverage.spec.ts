import { describe, expect, it } from '@jest/globals';
import { newSalt, sha256 } from '@liandong/adapters/crypto';
import { type Disclosure, toHex, utf8, withhold } from '@liandong/kernel';
import type { Tombstone } from '../ports/disclosures.ts';
import { type Copy, coverageOf, type Piece } from './coverage.ts';
import { traceFinder } from './remnants.ts';

const field = (value: Disclosure['value'], name = 'applicantName'): Disclosure => {
  const [made] = withhold(sha256, newSalt, {}, { [name]: value }).disclosures;
  if (made === undefined) throw new Error('one field is withheld');
  return made;
};
const erased = field('韩梅梅 "梅" \\ é');
const kept = field('李雷');
const bySalt: Tombstone = { digest: erased.digest, salt: toHex(sha256(utf8(erased.salt))) };
const unseen: Tombstone = { digest: erased.digest };

const content = ({ salt, name, value }: Disclosure) => JSON.stringify([salt, name, value]);
const { salt, name, value } = erased;

/** As tools write a disclosure; those below the line without one that could be put together again. */
const whole: Readonly<Record<string, string>> = {
  'as the store keeps it': content(erased),
  'as an object': JSON.stringify({ name, value, salt, digest: erased.digest }),
  'in the middle of a log': `2026-03-02 info ${content(erased)} was sent`,
  'quoted in JSON': JSON.stringify({ row: content(erased) }),
  'quoted twice': JSON.stringify(JSON.stringify({ row: content(erased) })),
  'as CSV has it': `"${content(erased).replaceAll('"', '""')}",7`,
  'as COPY writes it': `d\t${content(erased).replaceAll('\\', '\\\\')}\n`,
  'as hex': `\\x00ff${toHex(utf8(`${'.'.repeat(40)}${content(erased)}`))}`,
  'as RFC 9901 has it': Buffer.from(content(erased)).toString('base64url'),
};
const saltAlone: Readonly<Record<string, string>> = {
  'the salt alone': `salt=${salt};`,
  'in columns': `${name}|${salt}|${String(value)}`,
};

describe('a trace of an erased field', () => {
  const find = traceFinder(sha256, [bySalt]);
  const found = [{ of: 'field', digest: erased.digest }];

  it.each(Object.entries({ ...whole, ...saltAlone }))('is found %s', (_, text) => {
    expect(find(text)).toEqual(found);
    expect(find(`${content(kept)} ${text} ${content(kept)}`)).toEqual(found);
  });

  it.each(Object.entries(whole))('is found %s though it was never held here', (_, text) => {
    expect(traceFinder(sha256, [unseen])(text)).toEqual(found);
  });

  it.each(['A', 'z', '0', '9', '-', '_'])(
    'is found as RFC 9901 has it where its salt begins with %s',
    (first) => {
      const made = withhold(sha256, () => `${first}${newSalt().slice(1)}`, {}, { name }).disclosures[0]!;
      const text = Buffer.from(content(made)).toString('base64url');
      expect(traceFinder(sha256, [{ digest: made.digest }])(text)).toEqual([
        { of: 'field', digest: made.digest },
      ]);
    },
  );

  it('is neither its digest, which every event keeps, nor a field that is still held', () => {
    const event = JSON.stringify({ data: { _sd: [erased.digest, kept.digest].toSorted() } });
    for (const text of [event, content(kept), '', '[', '["', `["${newSalt()}","name"`, '{"salt":', '\\x0'])
      expect([text, find(text)]).toEqual([text, []]);
  });

  it('is found by a text somebody names, plain or escaped, and the trace does not repeat it', () => {
    const named = traceFinder(sha256, [], ['张三', '韩 "梅"']);
    for (const text of ['…张三…', JSON.stringify({ a: '张三' }), '\\u5f20\\u4e09'])
      expect(named(text)).toEqual([{ of: 'text', text: 0 }]);
    expect(named(JSON.stringify('韩 "梅"'))).toEqual([{ of: 'text', text: 1 }]);
    expect(named('张四')).toEqual([]);
  });
});

describe('the coverage report', () => {
  const copy = (kind: Copy['kind'], ...pieces: readonly Piece[]): Copy => ({
    kind,
    name: `${kind}s`,
    pieces: async function* () {
      yield* pieces;
    },
  });
  const asked = { sha256, tombstones: [bySalt], texts: ['张三'] };
  const clean = { place: 'row 1', text: content(kept) };

  it('is good if every copy was read and none holds anything', async () => {
    expect(await coverageOf(asked, [copy('store', clean), copy('backup')])).toEqual({
      ...{ ok: true, erased: 1, remnants: [], unreadable: [] },
      copies: [
        { kind: 'store', name: 'stores', pieces: 1 },
        { kind: 'backup', name: 'backups', pieces: 0 },
      ],
    });
  });

  it('names every place of every copy, each once', async () => {
    const left = { place: 'row 2', text: `${content(erased)} 张三` };
    const { ok, remnants } = await coverageOf(asked, [
      copy('store', left, left, clean),
      copy('export', { place: 'file', text: salt }),
    ]);
    expect({ ok, remnants }).toEqual({
      ok: false,
      remnants: [
        { kind: 'store', place: 'row 2', of: 'field', digest: erased.digest },
        { kind: 'store', place: 'row 2', of: 'text', text: 0 },
        { kind: 'export', place: 'file', of: 'field', digest: erased.digest },
      ],
    });
  });

  it('is bad if something could not be read, and goes on with the rest', async () => {
    const broken: Copy = {
      kind: 'view',
      name: 'views',
      // eslint-disable-next-line require-yield
      pieces: async function* () {
        throw new Error('no connection');
      },
    };
    const { ok, unreadable, copies } = await coverageOf(asked, [
      copy('backup', { place: 'dump', unreadable: 'encrypted' }),
      ...[broken, copy('link', clean)],
    ]);
    expect({ ok, unreadable, copies }).toEqual({
      ok: false,
      unreadable: [
        { kind: 'backup', place: 'dump', reason: 'encrypted' },
        { kind: 'view', place: 'views', reason: 'no connection' },
      ],
      copies: [
        { kind: 'backup', name: 'backups', pieces: 1 },
        { kind: 'view', name: 'views', pieces: 0 },
        { kind: 'link', name: 'links', pieces: 1 },
      ],
    });
  });
});
