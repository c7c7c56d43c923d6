import type { OriginHash, WitnessRecord } from '@liandong/application';
import { createHash } from 'node:crypto';

const header = 'liandong/witness-record@v1';

type Written = { readonly log: string; readonly note: string; readonly splitView?: string };

/** A header, the SHA-256 of what follows, and the record: a file cut short or altered cannot be read. */
export const encodeRecord = (log: OriginHash, { note, splitView }: WitnessRecord): string => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
  const written: Written = {
    log,
    note: text(note),
    ...(splitView === undefined ? {} : { splitView: text(splitView) }),
  };
  const body = `${JSON.stringify(written, null, 1)}\n`;
  return `${header}\nsha256 ${digest(body)}\n${body}`;
};

/** Throws unless this is a whole record of this very log. */
export const decodeRecord = (log: OriginHash, text: string, file: string): WitnessRecord => {
  const [first, second] = text.split('\n', 2);
  const body = text.slice(`${first}\n${second}\n`.length);
  if (first !== header || second !== `sha256 ${digest(body)}`) throw damaged(file);
  const written = JSON.parse(body) as Written;
  if (written.log !== log) throw damaged(file);
  return {
    note: Buffer.from(written.note),
    ...(written.splitView === undefined ? {} : { splitView: Buffer.from(written.splitView) }),
  };
};

/** A person must say what this witness last cosigned; guessing could make two histories believed. */
export const damaged = (file: string): Error =>
  new Error(`${file} 已损坏，该日志不再联署 is damaged: nothing more is cosigned for its log`);

const digest = (body: string): string => createHash('sha256').update(body).digest('hex');
