import type { Component, Policy, SignedHead } from '@liandong/ledger';
import { boundsOf } from '../witness/check-policy.ts';

/** When the witnesses that count cosigned a head, the earliest first. What others say of the time is not evidence. */
export const cosignedAt = (policy: Policy, { verified }: SignedHead): readonly Date[] => {
  const counting = countingIn(policy);
  return verified
    .flatMap(({ key, time }) =>
      time !== undefined &&
      counting.some(({ key: { name, keyId } }) => name === key.name && keyId === key.keyId)
        ? new Date(time * 1000)
        : [],
    )
    .sort((a, b) => a.getTime() - b.getTime());
};

/** How many of the witnesses that count may lie about the time. */
export const liarsAmong = (policy: Policy): number => Math.max(0, boundsOf(countingIn(policy).length).faults);

const countingIn = ({ quorum }: Policy): readonly (Component & { readonly kind: 'witness' })[] =>
  quorum === undefined ? [] : witnessesOf(quorum);

const witnessesOf = (component: Component): readonly (Component & { readonly kind: 'witness' })[] =>
  component.kind === 'witness' ? [component] : component.members.flatMap(witnessesOf);
