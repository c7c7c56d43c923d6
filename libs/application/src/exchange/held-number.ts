/** Numbers of an ended epoch that are still held stand below zero, where no feed comes. */
export const belowZero = 1_000_000_000;

/** As its author gave it: a number of the feed, and the epoch it was given in if that one is over. */
export type GivenNumber = { readonly number: number; readonly epoch?: number | undefined };

/** Under which number a held entry stands in the link book. */
export const heldNumber = ({ number, epoch }: GivenNumber): number =>
  epoch === undefined ? number : -(epoch * belowZero + number);

export const givenNumber = (held: number): GivenNumber =>
  held > 0 ? { number: held } : { number: -held % belowZero, epoch: Math.floor(-held / belowZero) };
