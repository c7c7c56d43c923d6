import { newPrivateKey, sealer, sealVerifier, serviceKey } from '@liandong/adapters/crypto';
import type { Sealer, SealVerifier } from '@liandong/application';
import type { ServiceName, Source } from '@liandong/kernel';
import { testSource } from './events.ts';

/** A service with a fresh key, and what everyone else needs to check its seals. */
export const testSealer = (
  service: ServiceName = 'approval',
  source: Source = testSource,
): { readonly seal: Sealer; readonly verify: SealVerifier } => {
  const privateKey = newPrivateKey();
  const key = serviceKey(service, privateKey);
  return {
    seal: sealer(service, source, privateKey),
    verify: sealVerifier((author) => (author === source ? [key] : [])),
  };
};
