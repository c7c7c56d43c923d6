import type { AcquireLease } from '@liandong/application';
import { tableLease } from '../pg/table-lease.ts';

/** The right to be the one exchange of the tier. */
export const exchangeLease =
  (url: string): AcquireLease =>
  () =>
    tableLease(url, 'exchange.lease', () => Promise.resolve());
