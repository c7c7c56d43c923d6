import type { TierConfig } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { type Authenticate, authenticator, remoteKeys } from '@liandong/services/identity';

/** Bearer tokens of the provider the configuration names, for this tier alone unless its superiors may look in. */
export const authenticateFor = (
  { tier, identity }: TierConfig,
  superiors: readonly TierCode[] = [],
): Authenticate => {
  if (identity === undefined) throw new Error('the configuration of the tier does not set identity');
  const { issuer, audience, jwksUrl } = identity;
  return authenticator({ tier, superiors, issuer, audience, keys: remoteKeys(jwksUrl) });
};
