import { refuse, type Result } from '@liandong/kernel';
import type { Verified } from './note.ts';
import { type HeadRefusal, openHead, type SignedHead } from './signed-head.ts';
import type { Suite, VKey } from './vkey.ts';

/** A witness, or a group of which at least `threshold` members must have witnessed. */
export type Component =
  | { readonly kind: 'witness'; readonly name: string; readonly key: VKey; readonly url?: string }
  | {
      readonly kind: 'group';
      readonly name: string;
      readonly threshold: number;
      readonly members: readonly Component[];
    };

/** Which logs are believed, and who must have witnessed a head before it is. */
export type Policy = {
  readonly logs: readonly { readonly key: VKey; readonly url?: string }[];
  readonly witnesses: readonly (Component & { readonly kind: 'witness' })[];
  /** Absent where no witness is asked for. */
  readonly quorum?: Component;
};

/** Believes one log by its signature alone. */
export const trustOnly = (key: VKey): Policy => ({ logs: [{ key }], witnesses: [] });

export type PolicyRefusal =
  | HeadRefusal
  | {
      readonly code: 'quorum-not-reached';
      readonly component: string;
      readonly threshold: number;
      readonly witnessed: readonly string[];
    };

/** Opens a checkpoint note as far as the policy allows: signed by a listed log, witnessed by the quorum. */
export const openByPolicy = (
  suite: Suite,
  bytes: Uint8Array,
  policy: Policy,
): Result<SignedHead, PolicyRefusal> => {
  const known = [...policy.logs, ...policy.witnesses].map(({ key }) => key);
  const head = openHead(suite, bytes, known);
  if (!head.ok || policy.quorum === undefined || hasWitnessed(policy.quorum, head.value.verified))
    return head;
  return refuse({
    code: 'quorum-not-reached',
    component: policy.quorum.name,
    threshold: policy.quorum.kind === 'witness' ? 1 : policy.quorum.threshold,
    witnessed: policy.witnesses
      .filter((witness) => hasWitnessed(witness, head.value.verified))
      .map(({ name }) => name),
  });
};

/** Whether the signatures, all verified, amount to a component's. */
export const hasWitnessed = (component: Component, verified: readonly Verified[]): boolean => {
  switch (component.kind) {
    case 'witness':
      return verified.some(({ key }) => key.name === component.key.name && key.keyId === component.key.keyId);
    case 'group':
      return (
        component.members.filter((member) => hasWitnessed(member, verified)).length >= component.threshold
      );
  }
};
