import type { StreamName, TierCode } from '@liandong/kernel';
import type { Position } from './event-store.ts';

/** What finally became of a field at its destination. A letter that is not yet answered so is sent again. */
export const finalOutcomes = [
  /** The destination holds it. */
  'held',
  /** It was erased there: the clear text was not taken in. */
  'erased',
  /** The destination says that it may not hold it, or that it is not what the event says. */
  'refused',
] as const;
export type FinalOutcome = (typeof finalOutcomes)[number];

/** A case in which this tier withheld something, and how far the store was followed when it last moved. */
export type OpenCase = { readonly stream: StreamName; readonly moved: Position };

export type Acknowledgement = {
  readonly destination: TierCode;
  readonly digest: string;
  readonly outcome: FinalOutcome;
};

/**
 * What the delivery of personal fields remembers. What is owed is never stored: it follows
 * from the events, the fields still held and these acknowledgements. It holds no clear text
 * and no ciphertext. Every method that writes is one transaction and survives a crash once
 * it resolves. One exchange writes at a time.
 */
export interface DeliveryBook {
  /** How far the store has been followed. */
  followed(): Promise<Position>;
  /**
   * Saves the place together with what went by: cases in which this tier `withheld` something,
   * and cases that `moved` in a way that may entitle another tier. Answers those of them in
   * which this tier withholds something; they are open again. May be repeated.
   */
  follow(
    through: Position,
    cases: { readonly withheld: readonly StreamName[]; readonly moved: readonly StreamName[] },
  ): Promise<readonly OpenCase[]>;
  /** Open cases in order of their names, after a name. */
  open(after: StreamName | undefined, limit: number): Promise<readonly OpenCase[]>;
  openCount(): Promise<number>;
  /** Nothing is owed in the case as it had moved then. One that has moved since stays open. */
  settle(settled: OpenCase): Promise<void>;
  /** The first outcome of a digest at a destination stands. */
  acknowledge(acknowledgements: readonly Acknowledgement[]): Promise<void>;
  acknowledged(digests: readonly string[]): Promise<readonly Acknowledgement[]>;
}
