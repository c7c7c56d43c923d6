import {
  authorOf,
  type CommitSeal,
  type EventHash,
  maySeal,
  ok,
  refuse,
  serviceNames,
} from '@liandong/kernel';
import type { SealCheck } from '../ports/seal-check.ts';
import type { AuthorKeys } from './author-keys.ts';

/** Whether this release knows who may write the type at all. */
export const isKnownContext = (type: string): boolean =>
  serviceNames.some((service) => maySeal(service, type));

/**
 * An event is sealed when its author's batch seal covers it, the seal is genuine by a
 * key that counts at its place in the ledger, and the service that made it may write the type.
 */
export const sealCheckBy = (
  verifySeal: AuthorKeys['verifySeal'],
  learn: AuthorKeys['learn'] = () => undefined,
): SealCheck => {
  const covered = new WeakMap<CommitSeal, ReadonlySet<EventHash>>();
  const leavesOf = (seal: CommitSeal): ReadonlySet<EventHash> => {
    const leaves = covered.get(seal) ?? new Set(seal.leaves);
    covered.set(seal, leaves);
    return leaves;
  };
  return {
    check: ({ source, hash, type, seal, seq, ledger }) => {
      if (authorOf(source) === undefined || !verifySeal(source, seal, seq, ledger))
        return refuse({ code: 'seal-forged', source, hash });
      if (!leavesOf(seal).has(hash)) return refuse({ code: 'not-in-the-seal', source, hash });
      if (type !== undefined && isKnownContext(type) && !maySeal(seal.service, type))
        return refuse({ code: 'service-not-entitled', source, hash });
      return ok('sealed');
    },
    learn,
  };
};
