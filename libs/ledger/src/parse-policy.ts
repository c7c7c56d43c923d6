import { ok, type Result, type Sha256, toHex } from '@liandong/kernel';
import type { Component, Policy } from './policy.ts';
import { linesOf, malformed, type Malformed, parseDecimal, readText, type Rule } from './text.ts';
import { formatVKey, ofType, parseVKey, type SigningType, type VKey } from './vkey.ts';

type Draft = {
  readonly logs: { key: VKey; url?: string }[];
  readonly witnesses: (Component & { kind: 'witness' })[];
  readonly components: Map<string, Component>;
  readonly keys: Set<string>;
  /** Names that already stand in a group: each counts in one place only. */
  readonly grouped: Set<string>;
  quorum?: Component | 'none';
};

/** Takes a line into the draft, or says which rule it breaks. */
type ReadLine = (sha256: Sha256, draft: Draft, fields: readonly string[]) => Rule | undefined;

const maxPolicyBytes = 1 << 18;

/**
 * Reads a tlog-policy. Stricter than the form where two readers would differ: text is
 * UTF-8, and a `#` begins a comment only at the beginning of a line and stands nowhere else.
 */
export const parsePolicy = (sha256: Sha256, bytes: Uint8Array): Result<Policy, Malformed> => {
  const tab = 0x09;
  const text = readText(
    'policy',
    bytes.map((byte) => (byte === tab ? 0x20 : byte)),
    maxPolicyBytes,
  );
  if (!text.ok) return text;
  const draft: Draft = {
    logs: [],
    witnesses: [],
    components: new Map(),
    keys: new Set(),
    grouped: new Set(),
  };
  const lines = linesOf(text.value);
  for (const [n, line] of lines.entries()) {
    const [keyword, ...fields] = line.split(' ').filter((field) => field !== '');
    if (keyword === undefined || keyword.startsWith('#')) continue;
    const read = readers.get(keyword);
    if (read === undefined) return malformed('policy', n + 1, 'keyword');
    const broken = line.includes('#') ? 'comment-inside-a-line' : read(sha256, draft, fields);
    if (broken !== undefined) return malformed('policy', n + 1, broken);
  }
  const { logs, witnesses, quorum } = draft;
  if (quorum === undefined) return malformed('policy', lines.length, 'one-quorum');
  return ok<Policy>({ logs, witnesses, ...(quorum === 'none' ? {} : { quorum }) });
};

const readLog: ReadLine = (sha256, draft, fields) => {
  const [text = '', url] = fields;
  if (fields.length < 1 || fields.length > 2) return 'fields';
  const key = readKey(sha256, draft, text, 'ed25519');
  if (typeof key === 'string') return key;
  draft.logs.push({ key, ...(url === undefined ? {} : { url }) });
  return undefined;
};

const readWitness: ReadLine = (sha256, draft, fields) => {
  const [name = '', text = '', url] = fields;
  if (fields.length < 2 || fields.length > 3) return 'fields';
  const taken = nameRule(draft, name);
  if (taken !== undefined) return taken;
  const key = readKey(sha256, draft, text, 'cosignature');
  if (typeof key === 'string') return key;
  const witness = { kind: 'witness' as const, name, key, ...(url === undefined ? {} : { url }) };
  draft.witnesses.push(witness);
  draft.components.set(name, witness);
  return undefined;
};

const readGroup: ReadLine = (_, draft, [name = '', count = '', ...names]) => {
  if (names.length === 0) return 'fields';
  const taken = nameRule(draft, name);
  if (taken !== undefined) return taken;
  const threshold = count === 'all' ? names.length : count === 'any' ? 1 : parseDecimal(count);
  if (threshold === undefined || threshold < 1 || threshold > names.length) return 'threshold';
  const members: Component[] = [];
  for (const member of names) {
    const component = draft.components.get(member);
    if (component === undefined) return member === 'none' ? 'name-reserved' : 'name-unknown';
    if (draft.grouped.has(member)) return 'member-twice';
    draft.grouped.add(member);
    members.push(component);
  }
  draft.components.set(name, { kind: 'group', name, threshold, members });
  return undefined;
};

const readQuorum: ReadLine = (_, draft, fields) => {
  const [name = ''] = fields;
  if (fields.length !== 1) return 'fields';
  if (draft.quorum !== undefined) return 'one-quorum';
  const quorum = name === 'none' ? name : draft.components.get(name);
  if (quorum === undefined) return 'name-unknown';
  draft.quorum = quorum;
  return undefined;
};

const readers: ReadonlyMap<string, ReadLine> = new Map([
  ['log', readLog],
  ['witness', readWitness],
  ['group', readGroup],
  ['quorum', readQuorum],
]);

const nameRule = (draft: Draft, name: string): Rule | undefined =>
  name === 'none' ? 'name-reserved' : draft.components.has(name) ? 'name-taken' : undefined;

/** One key is one role: the same key material under another name or type is refused. */
const readKey = (sha256: Sha256, draft: Draft, text: string, type: SigningType): VKey | Rule => {
  const parsed = parseVKey(sha256, text);
  if (!parsed.ok) return parsed.refusal.rule;
  const key = ofType(parsed.value, type);
  if (!key.ok) return key.refusal.rule;
  const material = toHex(key.value.publicKey);
  if (draft.keys.has(material)) return 'key-repeated';
  draft.keys.add(material);
  return key.value;
};

/** The policy as a text that `parsePolicy` reads back. Throws on keys of types no policy names. */
export const formatPolicy = ({ logs, witnesses, quorum }: Policy): string => {
  const lines = [
    ...logs.map(({ key, url }) => ['log', keyText(key, 'ed25519'), url ?? '']),
    ...witnesses.map(({ name, key, url }) => ['witness', name, keyText(key, 'cosignature'), url ?? '']),
    ...(quorum === undefined ? [] : groupsIn(quorum)).map(({ name, threshold, members }) => [
      'group',
      name,
      String(threshold),
      ...members.map((member) => member.name),
    ]),
    ['quorum', quorum?.name ?? 'none'],
  ];
  return lines.map((fields) => `${fields.filter((field) => field !== '').join(' ')}\n`).join('');
};

type Group = Component & { readonly kind: 'group' };

/** Inner groups before those that name them. */
const groupsIn = (component: Component): readonly Group[] =>
  component.kind === 'witness' ? [] : [...component.members.flatMap(groupsIn), component];

const keyText = (key: VKey, type: SigningType): string => {
  const typed = ofType(key, type);
  if (!typed.ok) throw new RangeError(`${key.name} is no ${type} key`);
  return formatVKey(typed.value);
};
