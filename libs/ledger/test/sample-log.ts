import { utf8 } from '@liandong/kernel';
import {
  cosign,
  edgeFrom,
  emptyEdge,
  encodeBundle,
  formatCheckpoint,
  formatNote,
  growEdge,
  leafHash,
  parsePolicy,
  type Policy,
  rootOfEdge,
  signNote,
  type TileEdge,
  tileAt,
  tilePath,
  tilesOfLevel,
  formatVKey,
} from '../src/index.ts';
import { keyPair, sha256 } from './suite.ts';

export const origin = 'county-431021.gov.example/1';
export const log = keyPair(origin, 'ed25519');
export const witnesses = ['city', 'county', 'archive', 'audit'].map((name) =>
  keyPair(`${name}.gov.example`, 'cosignature'),
);
export const witnessedAt = 1_780_000_000;

/** Three of four witnesses. */
export const policyText = [
  `log ${formatVKey(log.key)}`,
  ...witnesses.map(({ key }) => `witness ${key.name} ${formatVKey(key)}`),
  `group tiers 3 ${witnesses.map(({ key }) => key.name).join(' ')}`,
  'quorum tiers',
  '',
].join('\n');

export const policyFrom = (text: string): Policy => {
  const policy = parsePolicy(sha256, utf8(text));
  if (!policy.ok) throw new Error(JSON.stringify(policy.refusal));
  return policy.value;
};
export const policy = policyFrom(policyText);

export const entryOf = (n: number): Uint8Array => utf8(`{"n":${n},"pad":"${'x'.repeat(n % 7)}"}`);

/** A checkpoint note as the log serves it, with the cosignatures of the first `cosigners` witnesses. */
export const headOf = (
  head: { readonly size: number; readonly root: Uint8Array },
  cosigners = 3,
  at = witnessedAt,
): Uint8Array => {
  const text = formatCheckpoint({ origin, ...head });
  return formatNote({
    text,
    signatures: [
      signNote(log.key, log.sign, text),
      ...witnesses.slice(0, cosigners).map(({ key, sign }) => cosign(key, sign, text, at)),
    ],
  });
};

/** A whole log as files, written in batches as its keeper would. */
export const sampleLog = (size: number, entry = entryOf, batch = 1000) => {
  const files = new Map<string, Uint8Array>();
  let edge: TileEdge = emptyEdge;
  while (edge.size < size) {
    const first = edge.size;
    const count = Math.min(batch, size - first);
    const leaves = Array.from({ length: count }, (_, n) => leafHash(sha256, entry(first + n)));
    const grown = growEdge(sha256, edge, leaves);
    for (const { tile, bytes } of grown.tiles)
      if (tileAt(tile.level, tile.index, size)?.width === tile.width) files.set(tilePath(tile), bytes);
    edge = grown.edge;
  }
  for (const { index, width } of tilesOfLevel(0, size))
    files.set(
      tilePath({ level: 'entries', index, width }),
      encodeBundle(Array.from({ length: width }, (_, n) => entry(index * 256 + n))),
    );
  const root = rootOfEdge(sha256, edge);
  files.set('checkpoint', headOf({ size, root }));
  const readFile = async (path: string) => files.get(path);
  const edgeOf = () => edgeFrom(size, (tile) => files.get(tilePath(tile)));
  return { size, root, files, readFile, edge, edgeOf };
};
