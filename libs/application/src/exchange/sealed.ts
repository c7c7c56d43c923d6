import { type EventHash, eventHash } from '@liandong/kernel';
import type { Recorded } from '../ports/event-store.ts';
import type { ExchangeDeps } from './deps.ts';

/** Those of the records that are what a service entitled to write them sealed. */
export const sealedAmong = async (
  { store, sha256, sealCheck }: Pick<ExchangeDeps, 'store' | 'sha256' | 'sealCheck'>,
  records: readonly Recorded[],
): Promise<ReadonlySet<EventHash>> => {
  const seals = await store.seals(records);
  const sealed = records.filter(({ source, hash, type, bytes }, n) => {
    const seal = seals[n];
    return (
      seal !== undefined &&
      eventHash(sha256, bytes) === hash &&
      sealCheck.check({ source, hash, type, seal }).ok
    );
  });
  return new Set(sealed.map(({ hash }) => hash));
};
