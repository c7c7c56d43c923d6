import { authorOf, type Source } from '@liandong/kernel';

/** A ledger also holds what its tier wrote in a former epoch and the ledger of that epoch did not take in. */
export const isEarlier = (source: Source, ledger: Source): boolean => {
  const [author, keeper] = [authorOf(source), authorOf(ledger)];
  return (
    author !== undefined &&
    author.network === keeper?.network &&
    author.tier === keeper.tier &&
    author.epoch < keeper.epoch
  );
};
