import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const blockBytes = 4096;

/**
 * The lines of a text file that begin with `prefix`, found by bisection: the file's
 * lines are sorted, and a whole village list is far too big to hold for one township.
 */
export const rowsWithPrefix = (path: string, prefix: string): readonly string[] => {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    return linesFrom(file, size, firstAtOrAfter(file, size, prefix), prefix);
  } finally {
    closeSync(file);
  }
};

/** Offset of the first line not smaller than `prefix`, the header passed over. */
const firstAtOrAfter = (file: number, size: number, prefix: string): number => {
  let low = nextLine(file, size, 0);
  let high = size;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = nextLine(file, size, middle);
    if (line < high && read(file, line, prefix.length).toString('latin1') < prefix) low = line;
    else high = middle;
  }
  const line = nextLine(file, size, low);
  return read(file, low, prefix.length).toString('latin1') < prefix ? line : low;
};

/** Offset just after the first line end at or after `from`; the file's size if there is none. */
const nextLine = (file: number, size: number, from: number): number => {
  for (let at = from; at < size; at += blockBytes) {
    const end = read(file, at, blockBytes).indexOf('\n');
    if (end >= 0) return at + end + 1;
  }
  return size;
};

const linesFrom = (file: number, size: number, start: number, prefix: string): readonly string[] => {
  let text = Buffer.alloc(0);
  for (let at = start; at < size; at += blockBytes) {
    text = Buffer.concat([text, read(file, at, blockBytes)]);
    const last = text.subarray(text.lastIndexOf('\n', text.length - 2) + 1).toString('latin1');
    if (last.slice(0, prefix.length) > prefix) break;
  }
  return text
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith(prefix));
};

const read = (file: number, at: number, length: number): Buffer => {
  const block = Buffer.alloc(length);
  return block.subarray(0, readSync(file, block, 0, length, at));
};
