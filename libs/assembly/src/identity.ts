import type { TierConfig } from '@liandong/contracts';
import { type Authenticate, authenticator, remoteKeys } from '@liandong/services/identity';

/** Bearer tokens of the provider the configuration names, for this tier alone. */
export const authenticateFor = ({ tier, identity }: TierConfig): Authenticate => {
  if (identity === undefined) throw new Error('the configuration of the tier does not set identity');
  const { issuer, audience, jwksUrl } = identity;
  return authenticator({ tier, issuer, audience, keys: remoteKeys(jwksUrl) });
};
