import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

const made = /^(node_modules|dist|coverage|\.(?!ci$).*)$/;
const binary = /\.(png|ico|woff2?|gz|binpb)$/;

/** What a reader of this repository can do nothing with, and where it would come from. */
const traces: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "a path of somebody's machine", pattern: /(?<![\w.@-])\/(?:work|tmp|root|home\/\w+|Users\/\w+)\// },
  { what: 'something left to do', pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/ },
  { what: 'a ticket nobody else can open', pattern: /\bissues? #?\d/i },
  {
    what: 'a document that is not in this repository',
    pattern: /\b(?:house-style|toolchain|performance|interconnection|domain|formats|DEVELOPERS)\.md\b|\.md §/,
  },
  {
    what: 'who or what typed it',
    pattern: /\b(?:co-authored-by|language model|LLM|(?:AI|coding) assistant)\b/i,
  },
];

export type Trace = { readonly line: number; readonly what: string; readonly text: string };

export const tracesIn = (text: string): readonly Trace[] =>
  text
    .split('\n')
    .flatMap((line, n) =>
      traces
        .filter(({ pattern }) => pattern.test(line))
        .map(({ what }) => ({ line: n + 1, what, text: line.trim().slice(0, 120) })),
    );

/** Hosts the lock file would fetch from: it names none, so that every machine asks its own registry. */
export const hostsIn = (lock: string): readonly string[] => [
  ...new Set([...lock.matchAll(/"resolved": "(?:git\+)?[a-z]+:\/\/([^/"]+)/g)].map(([, host = '']) => host)),
];

/** Every file a reader gets, but for what is made from the others and this check itself. */
export const files = (folder = root): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return made.test(entry.name) || full === import.meta.dirname ? [] : files(full);
    return entry.isFile() && !binary.test(entry.name) && entry.name !== 'package-lock.json' ? [full] : [];
  });

export const read = (file: string) => readFileSync(file, 'utf8');
