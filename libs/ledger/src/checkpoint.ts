import { ok, type Result, utf8 } from '@liandong/kernel';
import { toBase64 } from './base64.ts';
import type { Hash } from './hash.ts';
import { linesOf, malformed, type Malformed, parseDecimal, parseHash, readText } from './text.ts';

/** The head of a ledger: of which log, how many entries, and the root over them. */
export type Checkpoint = {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** Read where others wrote them; never written here, because no auditor can check them. */
  readonly extensions: readonly string[];
};

/** What a log signs. Throws on an origin that is no single line. */
export const formatCheckpoint = ({ origin, size, root }: Omit<Checkpoint, 'extensions'>): string => {
  const text = `${origin}\n${size}\n${toBase64(root)}\n`;
  if (!parseCheckpoint(text).ok) throw new RangeError('not a checkpoint');
  return text;
};

export const parseCheckpoint = (text: string): Result<Checkpoint, Malformed> => {
  if (!text.isWellFormed()) return malformed('checkpoint', 1, 'utf-8');
  const read = readText('checkpoint', utf8(text), maxCheckpointBytes);
  if (!read.ok) return read;
  const [origin = '', sizeLine = '', rootLine, ...extensions] = linesOf(text);
  if (rootLine === undefined) return malformed('checkpoint', 1, 'too-few-lines');
  if (origin === '') return malformed('checkpoint', 1, 'origin');
  const size = parseDecimal(sizeLine);
  if (size === undefined) return malformed('checkpoint', 2, 'size');
  const root = parseHash(rootLine);
  if (root === undefined) return malformed('checkpoint', 3, 'hash');
  const empty = extensions.indexOf('');
  if (empty >= 0) return malformed('checkpoint', 4 + empty, 'no-empty-line');
  return ok<Checkpoint>({ origin, size, root, extensions });
};

const maxCheckpointBytes = 1_000_000;
