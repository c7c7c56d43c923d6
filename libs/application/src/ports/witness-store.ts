import type { Brand } from '@liandong/kernel';

/** SHA-256 of a log's origin, 64 lower-case hex digits: how a witness files what it knows of a log. */
export type OriginHash = Brand<string, 'OriginHash'>;

/** What a witness knows of one log. */
export type WitnessRecord = {
  /** The largest head cosigned: the log's note, with the witness's own cosignature. */
  readonly note: Uint8Array;
  /** The evidence that the log showed two histories. From then on it gets no cosignature. */
  readonly splitView?: Uint8Array;
};

/** What one look at a record came to: a record to be kept in its place, if any, and the answer. */
export type Filed<Outcome> = { readonly keep?: WitnessRecord; readonly outcome: Outcome };

/**
 * The memory of a witness. A witness that forgets cosigns two histories, so a record is
 * never silently lost: one that cannot be read back whole makes every call about its log
 * throw, and nothing smaller or older is ever taken for it.
 */
export interface WitnessStore {
  read(log: OriginHash): Promise<WitnessRecord | undefined>;
  /**
   * Shows the record to `look` and keeps what it returns, with nothing in between: of
   * two callers, in this process or another, the second sees what the first kept. Where
   * another process was faster, or may have been, `look` is asked again and only what it
   * said last is answered. Resolves once the record survives a crash;
   * when it throws, the record may or may not have been kept.
   */
  update<Outcome>(
    log: OriginHash,
    look: (held: WitnessRecord | undefined) => Filed<Outcome>,
  ): Promise<Outcome>;
}
