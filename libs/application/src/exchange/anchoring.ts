import {
  authorOf,
  type CommitSeal,
  type EventHash,
  maySeal,
  ok,
  refuse,
  serviceNames,
  type Source,
} from '@liandong/kernel';
import type { Anchoring } from '../ports/anchoring.ts';
import type { SealVerifier } from '../ports/signer.ts';

/** Whether this release knows who may write the type at all. */
export const isKnownContext = (type: string): boolean =>
  serviceNames.some((service) => maySeal(service, type));

/**
 * An event is anchored when its author's batch seal covers it, the seal is genuine,
 * and the service that made it may write the type. A seal is checked once however
 * many events it covers.
 */
export const sealAnchoring = (verifySeal: SealVerifier): Anchoring => {
  const genuine = new WeakMap<
    CommitSeal,
    { readonly source: Source; readonly leaves: ReadonlySet<EventHash> }
  >();
  const leavesOf = (source: Source, seal: CommitSeal) => {
    const known = genuine.get(seal);
    if (known?.source === source) return known.leaves;
    if (authorOf(source) === undefined || !verifySeal(source, seal)) return undefined;
    const leaves = new Set(seal.leaves);
    genuine.set(seal, { source, leaves });
    return leaves;
  };
  return {
    check: ({ source, hash, type, seal }) => {
      const leaves = leavesOf(source, seal);
      if (leaves === undefined) return refuse({ code: 'seal-forged', source, hash });
      if (!leaves.has(hash)) return refuse({ code: 'not-in-the-seal', source, hash });
      if (type !== undefined && isKnownContext(type) && !maySeal(seal.service, type))
        return refuse({ code: 'service-not-entitled', source, hash });
      return ok('anchored');
    },
  };
};
