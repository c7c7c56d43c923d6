import type { CollectorStatus } from '../witness/collector.ts';
import type { LedgerKeeperStatus } from './keep-ledger.ts';

/** How a tier's own ledger is, in words that travel as JSON. */
export type LedgerStatus = {
  readonly origin: string;
  readonly state: LedgerKeeperStatus['state'];
  /** How many leaves the last signed head has; while signing is refused, how many there are to sign. */
  readonly size?: number;
  /** While too few witnesses answer: how many do, and how many must. */
  readonly answers?: number;
  readonly needed?: number;
  /** The largest size that a witness has seen, where the store holds less, or something else. */
  readonly known?: number;
  /** What stands otherwise than it was signed. */
  readonly damage?: string;
  readonly anchored?: { readonly size: number; readonly at: string };
  /** Its own key signed two histories: nothing more is anchored. */
  readonly frozen: boolean;
  readonly witnesses: CollectorStatus['witnesses'];
};

export const ledgerStatus = (
  origin: string,
  keeper: LedgerKeeperStatus,
  collector: CollectorStatus | undefined,
): LedgerStatus => ({
  origin,
  ...wordsOf(keeper),
  ...(collector?.anchored && { anchored: collector.anchored }),
  frozen: collector?.state === 'frozen',
  witnesses: collector?.witnesses ?? [],
});

const wordsOf = (keeper: LedgerKeeperStatus): Pick<LedgerStatus, 'state'> & Partial<LedgerStatus> => {
  switch (keeper.state) {
    case 'idle':
      return { state: 'idle' };
    case 'unwitnessed':
      return { state: 'unwitnessed', answers: keeper.answers, needed: keeper.needed };
    case 'behind':
      return { state: 'behind', size: keeper.stored, known: keeper.known };
    case 'parted':
      return { state: 'parted', known: keeper.size };
    case 'unopened':
      return { state: 'unopened' };
    case 'damaged':
      return { state: 'damaged', damage: keeper.damage.code };
    case 'sealing':
      return { state: 'sealing', size: keeper.size };
  }
};
