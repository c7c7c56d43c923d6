import type { AcquireLedgerLease } from '../ports/ledger-lease.ts';
import { ledgerKeeper, type LedgerKeeper, type LedgerKeeperDeps } from './keep-ledger.ts';

export type ActiveKeeperDeps = Omit<LedgerKeeperDeps, 'fence'> & {
  readonly acquireLease: AcquireLedgerLease;
  readonly standbyMs?: number;
};

/**
 * Takes the lease, keeps the ledger while it holds, and stands by while another process has
 * it. Ends with an error when the lease is lost: the database may be another one by now, so
 * whoever runs it again passes the guard anew.
 */
export const activeKeeper = ({
  acquireLease,
  standbyMs = 2_000,
  ...deps
}: ActiveKeeperDeps): LedgerKeeper => {
  let active: LedgerKeeper | undefined;
  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const lease = await acquireLease();
      if (lease === undefined) {
        await deps.wait(standbyMs, signal);
        continue;
      }
      try {
        active = ledgerKeeper({ ...deps, fence: lease.fence });
        await active.run(AbortSignal.any([signal, lease.lost]));
        if (lease.lost.aborted && !signal.aborted) throw new Error('the lease of the ledger was lost');
      } finally {
        active = undefined;
        await lease.release();
      }
    }
  };
  return { run, status: () => active?.status() ?? { state: 'idle' } };
};
