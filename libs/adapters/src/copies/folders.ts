import type { Copy, Piece } from '@liandong/application';
import { createReadStream } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/** A folder or file that holds an export or a backup, searched to the last file. */
export const folderCopy = (kind: 'export' | 'backup', folder: string): Copy => ({
  kind,
  name: folder,
  pieces: () => piecesUnder(folder, new Set()),
});

async function* piecesUnder(place: string, met: Set<string>): AsyncGenerator<Piece> {
  try {
    // A link may lead to a file that was searched, or round in a circle.
    const real = await realpath(place);
    if (met.has(real)) return;
    met.add(real);
    const found = await stat(real);
    if (found.isFile()) yield* piecesOf(place);
    else if (found.isDirectory())
      for (const name of await namesIn(real)) yield* piecesUnder(path.join(place, name), met);
    else yield { place, unreadable: 'neither a file nor a folder' };
  } catch (error) {
    yield { place, unreadable: (error as Error).message };
  }
}

const namesIn = async (folder: string): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { name } of await opendir(folder)) names.push(name);
  return names.sort();
};

/** Nothing that is looked for is longer than what two stretches share. */
const stretch = 1 << 20;
const shared = 1 << 17;

async function* piecesOf(file: string): AsyncGenerator<Piece> {
  const form = formOf(await firstBytes(file), path.basename(file));
  if (typeof form === 'object') {
    yield { place: file, unreadable: form.unreadable };
    return;
  }
  const source = createReadStream(file);
  const unpacked = form === 'plain' ? source : unpack(source, form);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of unpacked) {
    text += decoder.decode(chunk as Buffer, { stream: true });
    if (text.length < stretch) continue;
    yield { place: file, text };
    text = text.slice(-shared);
  }
  yield { place: file, text };
}

const unpack = (source: Readable, form: 'gzip' | 'zstd'): Readable => {
  const unpacking = form === 'gzip' ? createGunzip() : createZstdDecompress();
  source.on('error', (error) => unpacking.destroy(error));
  return source.pipe(unpacking);
};

const firstBytes = async (file: string): Promise<Buffer> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(32), 0, 32, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
};

/** Forms that cannot be searched, by their first bytes. */
const closed: readonly (readonly [magic: string, says: string])[] = [
  ['PGDMP', 'a dump in PostgreSQL’s custom form: restore it, or dump as plain text'],
  ['PK\x03\x04', 'a zip archive: unpack it'],
  ['\xfd7zXZ\0', 'compressed with xz: unpack it'],
  ['BZh', 'compressed with bzip2: unpack it'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive: unpack it'],
  ['\x04\x22\x4d\x18', 'compressed with lz4: unpack it'],
  ['age-encryption.org/', 'encrypted'],
  ['-----BEGIN PGP', 'encrypted'],
  ['-----BEGIN AGE', 'encrypted'],
  ['\x85\x02', 'encrypted'],
  ['\x8c\x0d', 'encrypted'],
  ['Salted__', 'encrypted'],
];

const formOf = (head: Buffer, name: string): 'plain' | 'gzip' | 'zstd' | { readonly unreadable: string } => {
  const begins = head.toString('latin1');
  if (begins.startsWith('\x1f\x8b')) return 'gzip';
  if (begins.startsWith('\x28\xb5\x2f\xfd')) return 'zstd';
  // The table of contents of a dump in directory form begins as a custom dump does, and holds no data.
  if (name === 'toc.dat') return 'plain';
  const known = closed.find(([magic]) => begins.startsWith(magic));
  return known === undefined ? 'plain' : { unreadable: known[1] };
};
