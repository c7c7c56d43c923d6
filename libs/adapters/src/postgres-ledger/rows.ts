import type { LedgerEntry, Position, UnsealedReason } from '@liandong/application';
import { type EventHash, fromHex, toHex } from '@liandong/kernel';
import type { Hash } from '@liandong/ledger';

export type EntryRow = { readonly seq: string; readonly position: string; readonly hash: Buffer };

export const hashBytesOf = (hash: EventHash): Buffer => Buffer.from(fromHex(hash));
export const eventHashOf = (bytes: Uint8Array): EventHash => toHex(bytes) as EventHash;
export const positionOf = (text: string): Position => BigInt(text) as Position;

export const bytesOf = (buffer: Buffer): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);

export const entryOf = ({ seq, position, hash }: EntryRow): LedgerEntry => ({
  seq: Number(seq),
  position: positionOf(position),
  hash: eventHashOf(hash),
});

export type HeadRow = { readonly size: string; readonly root: Buffer; readonly note: Buffer };

export const headOf = ({ size, root, note }: HeadRow): { size: number; root: Hash; note: Uint8Array } => ({
  size: Number(size),
  root: bytesOf(root),
  note: bytesOf(note),
});

export type AnchorRow = HeadRow & { readonly at: string };

export type UnsealedRow = {
  readonly position: string;
  readonly hash: Buffer;
  readonly reason: UnsealedReason;
  readonly at: string;
};
